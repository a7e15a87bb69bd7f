// A camera's view of a yard at night, drawn: a wall, a gate, a lamp, and who walks there.
// arguments: the camera's name, the time, where the person is (0 to 1; negative: nobody), the kind of yard
const [name, time, person, kind] = arguments;
const [width, height] = [1280, 720];
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [width, height];
const context = canvas.getContext("2d");
let seed = 7 + kind * 131;
const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const grey = (part, alpha = 1) => `rgb(${Math.round(255 * part)} ${Math.round(255 * part)} ${Math.round(255 * part * 0.97)} / ${alpha})`;

const sky = context.createLinearGradient(0, 0, 0, height);
sky.addColorStop(0, grey(0.1));
sky.addColorStop(0.55, grey(0.2));
sky.addColorStop(0.56, grey(0.3));
sky.addColorStop(1, grey(0.46));
context.fillStyle = sky;
context.fillRect(0, 0, width, height);

// what stands there
const wall = 150 + 60 * (kind % 3);
context.fillStyle = grey(0.36);
context.fillRect(0, 400 - wall, 420 + 90 * (kind % 4), wall + 20);
context.fillStyle = grey(0.24);
for (let n = 0; n < 4; n += 1) context.fillRect(50 + n * 110, 430 - wall, 60, 76);
context.strokeStyle = grey(0.55, 0.6);
context.lineWidth = 3;
for (let x = 560; x < width; x += 22) {
  context.beginPath();
  context.moveTo(x, 290);
  context.lineTo(x + 6, 430);
  context.stroke();
}
context.fillStyle = grey(0.6, 0.7);
context.fillRect(555, 300, width, 7);
context.fillRect(560, 400, width, 7);
const lamp = context.createRadialGradient(930, 190, 5, 930, 330, 420);
lamp.addColorStop(0, grey(1, 0.85));
lamp.addColorStop(0.25, grey(0.9, 0.28));
lamp.addColorStop(1, grey(0.9, 0));
context.fillStyle = lamp;
context.fillRect(400, 0, width - 400, height);
context.fillStyle = grey(0.1);
context.fillRect(926, 180, 9, 260);

// who walks there
if (person >= 0) {
  const x = 300 + person * 760;
  const y = 520 - person * 70;
  context.fillStyle = grey(0.1, 0.45);
  context.beginPath();
  context.ellipse(x - 34, y + 84, 64, 11, 0.12, 0, 7);
  context.fill();
  context.fillStyle = grey(0.07);
  context.beginPath();
  context.ellipse(x, y - 92, 19, 23, 0, 0, 7);
  context.fill();
  context.beginPath();
  context.roundRect(x - 30, y - 70, 60, 86, 18);
  context.fill();
  context.lineWidth = 19;
  context.lineCap = "round";
  context.strokeStyle = grey(0.07);
  for (const [dx, dy] of [[-26, 78], [25, 72]]) {
    context.beginPath();
    context.moveTo(x, y + 8);
    context.lineTo(x + dx, y + dy);
    context.stroke();
  }
}

// what cameras are like
for (let n = 0; n < 9000; n += 1) {
  context.fillStyle = grey(chance(), 0.1);
  context.fillRect(width * chance(), height * chance(), 3, 3);
}
context.font = "600 27px DejaVu Sans Mono, monospace";
context.fillStyle = "#fff";
context.shadowColor = "#000";
context.shadowBlur = 5;
context.fillText(time, 26, 46);
context.fillText(name, 26, height - 26);
return canvas.toDataURL("image/jpeg", 0.72).split(",")[1];

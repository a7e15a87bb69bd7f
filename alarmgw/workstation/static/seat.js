// Who is signed on here, and signing on and off.

import { post, refusal, signOff } from "./command.js";
import { askFor, toast } from "./dialog.js";
import { put } from "./dom.js";
import { say, sayCode, sayCount } from "./words.js";

const at = (id) => document.getElementById(id);

export class Seat {
  constructor() {
    this.seat = null;
    this.people = [];
    this.held = () => 0;
    at("sign-on").addEventListener("submit", (event) => {
      event.preventDefault();
      this.signOn();
    });
    at("sign-off").addEventListener("click", () => this.signOff());
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.code !== "Digit0" || event.repeat || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.signOff();
    });
  }

  get operator() {
    return this.seat?.operator ?? null;
  }

  get role() {
    return this.seat?.role ?? null;
  }

  // Answers whether somebody else sits here now.
  take(state) {
    const before = this.seat?.session;
    this.seat = state.seat ?? null;
    this.people = state.people ?? [];
    this.draw();
    return before !== this.seat?.session;
  }

  draw() {
    const here = this.seat;
    put(at("seat-name"), here ? `${here.operator} (${say(`role_${here.role}`)})` : say("nobody_signed_on"));
    const others = this.people.filter((one) => one.operator !== here?.operator)
      .map((one) => `${one.operator} (${one.workstation})`);
    at("seat-others").title = others.join(", "); // where there is no room for all of them
    put(at("seat-others"), others.length ? say("also_signed_on", { names: others.join(", ") }) : here ? say("nobody_else") : "");
    at("sign-off").hidden = !here;
    at("signed-off").hidden = Boolean(here);
    document.documentElement.dataset.manned = String(Boolean(here));
  }

  async signOn() {
    const fault = at("sign-on-fault");
    fault.hidden = true;
    const password = at("sign-on-password").value;
    at("sign-on-password").value = "";
    const button = at("sign-on").querySelector("button");
    button.disabled = true;
    const answer = await post("/sign-on", { name: at("sign-on-name").value.trim(), password });
    button.disabled = false;
    if (answer.ok) {
      at("sign-on-name").value = "";
      return;
    }
    put(fault, sayCode("sign_on_fault", answer.error));
    fault.hidden = false;
    at("sign-on-password").focus();
  }

  // `held()`: how many incidents go back to the list with him.
  async signOff() {
    if (!this.seat) return;
    const n = this.held();
    const text = n ? sayCount("sign_off_held", n) : null;
    if (!(await askFor(say("sign_off_title", { operator: this.operator }), [], say("sign_off"), text))) return;
    const answer = await signOff();
    if (!answer.ok) toast(refusal(answer), { bad: true });
  }
}

"""What ``twistd`` finds: the gateway and the workstation, each made by its own module."""

from twisted.application.service import ServiceMaker

gateway = ServiceMaker(
    "alarmgw",
    "alarmgw.tap",
    "The alarm mail gateway: takes alarm mails, keeps them, tells the workstations.",
    "alarmgw",
)

workstation = ServiceMaker(
    "alarmgw-workstation",
    "alarmgw.workstation_tap",
    "A workstation: listens to the gateway and shows its operator the console.",
    "alarmgw-workstation",
)

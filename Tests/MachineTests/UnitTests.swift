import Testing
import VirtualKeyboard

extension MachineTests.UnderSystemd {
    /// A real systemd and a real udev start a service when a keyboard is plugged in.
    @Suite struct Units {
        let machine = Machine.current

        @Test func pluggingAKeyboardStartsItsService() async throws {
            try await machine.write(
                """
                SUBSYSTEM=="sound", ACTION=="change", KERNEL=="card*", ENV{ID_VENDOR_ID}=="1234", TAG+="systemd", \
                ENV{SYSTEMD_WANTS}+="listener.service"

                """, to: "/etc/udev/rules.d/90-listener.rules")
            try await machine.write(
                """
                [Service]
                ExecStart=/usr/bin/synthrec Listener
                DynamicUser=yes
                SupplementaryGroups=audio
                ProtectSystem=strict
                PrivateTmp=yes
                """, to: "/etc/systemd/system/listener.service")
            try await machine.succeed("systemctl daemon-reload && udevadm control --reload")
            let before = try await machine.run("systemctl is-active listener.service")

            try await machine.keyboards[0].plug(KeyboardModel(vendor: 0x1234, product: 1))
            let client = try await machine.clients(named: "Listener").first

            #expect(before.text == "inactive\n")
            #expect(client != nil)
            #expect(try await machine.succeed("systemctl is-active listener.service") == "active\n")
            #expect(try await machine.succeed("journalctl -b -o cat -u listener.service").contains("ready"))
            #expect(try await machine.succeed("stat -c %U /proc/$(pidof synthrec)").isEmpty == false)
        }

        @Test func noUnitHasFailed() async throws {
            #expect(try await machine.succeed("systemctl --failed --no-legend --plain").isEmpty)
        }
    }
}

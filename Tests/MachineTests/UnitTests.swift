import ConsoleAPI
import Testing
import VirtualKeyboard

extension MachineTests.UnderSystemd {
    /// The daemon as it is installed: a real systemd and a real udev start it when a keyboard is plugged in, inside its sandbox.
    @Suite struct Units {
        let machine = Machine.current
        private static let socket = "/run/continuo/continuo.sock"

        @Test func pluggingAKeyboardStartsTheDaemonInItsSandbox() async throws {
            let synth = try await machine.startSynth()
            let before = try await machine.run("systemctl is-active continuod.service")
            let keys = machine.keyboards[0]
            try await keys.plug(.silent)
            // Type=notify: active means that the daemon has said so.
            try await machine.eventually("continuod.service is active") {
                try await machine.run("systemctl is-active continuod.service").text == "active\n" ? true : nil
            }
            let daemon = try await Daemon(on: machine, socket: Self.socket)
            let status = try await machine.eventually("the daemon sees the keyboard") {
                let status = try await daemon.status()
                return status.keyboards.isEmpty || status.output == nil ? nil : status
            }
            keys.play([0x90, 60, 100], [0x80, 60, 0])
            let heard = await synth.heard { $0.contains { $0.bytes == [0x80, 60, 0] } }

            #expect(before.text == "inactive\n")
            #expect(status.keyboards.map(\.profile) == ["m-audio-oxygen"])
            #expect(heard.map(\.bytes).contains([0x90, 60, 100]))
            #expect(status.problems.isEmpty, "\(status.problems)")
            #expect(try await realTimeThreads() == ["midi-in", "midi-out"])
            let told = try await machine.succeed("continuo status --json")
            #expect(told.contains("m-audio-oxygen"), "\(told)")
            try await expectSandbox()
            try await expectControlForTheGroupAudio()
            try await expectReload(daemon)
            try await expectSilenceBeforeSleep(keys, synth)
            try await expectReleaseAfterAKill(keys, synth)
            try await expectEnd()
        }

        @Test func noUnitHasFailed() async throws {
            #expect(try await machine.succeed("systemctl --failed --no-legend --plain").isEmpty)
        }

        /// A drop-in holds after "systemctl reload", and goes with its file.
        private func expectReload(_ daemon: Daemon) async throws {
            let process = try await machine.succeed("systemctl show --value -p MainPID continuod")
            try await machine.succeed(
                """
                mkdir -p /etc/continuo/continuo.toml.d; printf '[band]\\ngenre = "rock"\\n' >/etc/continuo/continuo.toml.d/a.toml
                systemctl reload continuod
                """)
            try await machine.eventually("the band plays rock") {
                try await daemon.status().genre == "rock" ? true : nil
            }
            try await machine.succeed("rm -r /etc/continuo/continuo.toml.d; systemctl reload continuod")
            try await machine.eventually("the band plays pop") {
                try await daemon.status().genre == "pop" ? true : nil
            }
            #expect(try await machine.succeed("systemctl show --value -p MainPID continuod") == process)
        }

        /// The names of the daemon's threads with the policy SCHED_FIFO.
        private func realTimeThreads() async throws -> [String] {
            // proc(5): policy is field 41 of stat; the name in field 2 has no spaces here. The kernel adds 0x40000000 for
            // SCHED_RESET_ON_FORK only in what sched_getscheduler answers.
            try await machine.succeed(
                """
                for task in /proc/$(systemctl show --value -p MainPID continuod)/task/*; do
                    read -r stat < $task/stat; set -- $stat; [ ${41} = 1 ] && echo $2; done; true
                """
            ).split(separator: "\n").map { String($0.dropFirst().dropLast()) }.sorted()
        }

        private func expectSandbox() async throws {
            let process = try await machine.succeed("systemctl show --value -p MainPID continuod").dropLast()
            let facts = try await machine.succeed("grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' /proc/\(process)/status")
            #expect(!facts.contains("Uid:\t0\t"), "it runs as root")
            #expect(facts.contains("CapEff:\t0000000000000000"))
            #expect(facts.contains("NoNewPrivs:\t1"))
            #expect(facts.contains("Seccomp:\t2"))
            #expect(try await machine.run("test -s /var/lib/continuo/continuo.sqlite").status == 0)
        }

        /// Members of the group audio may control the system's daemon; others are told how to become one.
        private func expectControlForTheGroupAudio() async throws {
            func tempo(_ group: String) async throws -> CommandResult {
                try await machine.run(
                    "/usr/bin/setpriv --reuid 4242 --regid \(group) --clear-groups continuo tempo 97 2>&1")
            }
            let stranger = try await tempo("4242")
            #expect(stranger.status == 77 && stranger.text.contains("usermod -aG audio"), "\(stranger)")
            let member = try await tempo("audio")
            #expect(member.status == 0 && member.text.contains("97"), "\(member)")
        }

        /// The unit that sleep.target wants silences what a player holds.
        private func expectSilenceBeforeSleep(_ keys: VirtualKeyboard, _ synth: Synth) async throws {
            keys.play([0x90, 50, 100])
            _ = await synth.heard { $0.contains { $0.bytes == [0x90, 50, 100] } }
            try await machine.succeed("systemctl start continuo-sleep && systemctl stop continuo-sleep")
            let heard = await synth.heard { $0.contains { $0.bytes.starts(with: [0x80, 50]) } }
            #expect(heard.contains { $0.bytes.starts(with: [0x80, 50]) }, "a note goes on through the machine's sleep")
        }

        /// systemd has the ports released, and starts the daemon again.
        private func expectReleaseAfterAKill(_ keys: VirtualKeyboard, _ synth: Synth) async throws {
            keys.play([0x90, 52, 100], [0xB0, 64, 127])
            _ = await synth.heard { $0.contains { $0.bytes == [0xB0, 64, 127] } }
            let count = synth.heard.count
            try await machine.succeed("systemctl kill -s KILL continuod")
            let heard = await synth.heard { $0.dropFirst(count).contains { $0.bytes == [0xB0, 64, 0] } }.dropFirst(
                count)
            #expect(heard.contains { $0.bytes.starts(with: [0x80, 52]) })
            #expect(heard.contains { $0.bytes == [0xB0, 64, 0] })
            try await machine.eventually("continuod.service is active again") {
                try await machine.run("systemctl is-active continuod.service").text == "active\n" ? true : nil
            }
        }

        /// It ends within two seconds, by itself, and says so.
        private func expectEnd() async throws {
            // What runs behind the daemon's end (ExecStopPost=) is not the daemon's time.
            let text = try await machine.succeed(
                """
                read -r a b </proc/uptime; systemctl stop continuod
                echo $a $(systemctl show --value -p ExecMainExitTimestampMonotonic continuod)
                """)
            let times = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            let took = times[1] / 1e6 - times[0]
            print("continuod ended \(took) s after systemctl stop")
            #expect(took < 2)
            #expect(try await machine.succeed("systemctl show --value -p Result continuod") == "success\n")
            #expect(try await machine.succeed("journalctl -b -o cat -u continuod").contains("stopped"))
        }
    }
}

import ConsoleAPI
import Foundation
import TestSupport
import Testing
import VirtualKeyboard

extension MachineTests {
    /// A small Debian of its own on a disk, with dpkg and packages to install (Tests/Machine/build-disk): in `make test-long`.
    @Suite(
        .enabled(if: longCount(0, full: 1) == 1, "make test-long builds the packages and the disk"), .machine(.debian))
    enum OnADebianDisk {}
}

extension MachineTests.OnADebianDisk {
    /// The packages over their whole life: installed, used, upgraded with takes in an older schema, removed, purged.
    @Suite struct Installation {
        let machine = Machine.current
        private static let socket = "/run/continuo/continuo.sock"
        private static let state = "/var/lib/private/continuo"

        @Test func installedUsedUpgradedRemovedAndPurged() async throws {
            let before = try await files()
            try await install("old")
            #expect(try await version() == "0.0.9")
            #expect(try await machine.succeed("systemctl is-enabled continuod continuo-sleep") == "enabled\nenabled\n")
            try await bandOnAKeyboard()

            // An older version's takes take the place of today's.
            try await machine.succeed(
                """
                systemctl stop continuod; rm \(Self.state)/continuo.sqlite*
                cp --preserve=mode /root/takes-of-schema-3.sqlite \(Self.state)/continuo.sqlite
                chown --reference=\(Self.state) \(Self.state)/continuo.sqlite; systemctl start continuod
                """, within: Self.dpkg)
            try await install("new")
            #expect(try await version() == "0.1.0")
            try await machine.eventually("the upgraded daemon tells the older version's takes", within: Self.dpkg) {
                let takes = try await machine.run("continuo takes --json")
                return takes.status == 0 && takes.text.contains("\"Keys\"") ? true : nil
            }
            let set = try await machine.run("ls \(Self.state)")
            #expect(!set.text.contains("broken"), "\(set.text)")
            try await bandOnAKeyboard()
            #expect(try await machine.succeed("systemctl --failed --no-legend --plain").isEmpty)

            try await machine.succeed("dpkg --remove continuo continuo-models", within: Self.dpkg)
            #expect(try await machine.run("systemctl is-active continuod").text != "active\n")
            #expect(try await machine.run("command -v continuo continuod").status != 0)
            #expect(try await machine.run("test -s \(Self.state)/continuo.sqlite").status == 0)
            try await machine.succeed("dpkg --purge continuo continuo-models", within: Self.dpkg)
            let left = try await files().subtracting(before)
            #expect(left.contains("\(Self.state)/continuo.sqlite"))
            #expect(left.subtracting(Self.takes).isEmpty, "left behind: \(left.subtracting(Self.takes).sorted())")
        }

        /// dpkg writes 200 MB, on an emulated processor.
        private static let dpkg = Duration.seconds(300)
        /// What a purge keeps: the takes, and the folders that they lie in.
        private static let takes: Set<String> = [
            "/var/lib/private", state, "\(state)/continuo.sqlite", "\(state)/continuo.sqlite-wal",
            "\(state)/continuo.sqlite-shm", "/var/lib/continuo",
        ]

        private func install(_ folder: String) async throws {
            try await machine.succeed(
                "DEBIAN_FRONTEND=noninteractive dpkg --install /root/\(folder)/*.deb", within: Self.dpkg)
            try await machine.eventually("continuod.service is active", within: Self.dpkg) {
                try await machine.run("systemctl is-active continuod").text == "active\n" ? true : nil
            }
        }

        private func version() async throws -> String {
            try await machine.succeed("dpkg-query --show --showformat '${Version}' continuo")
        }

        /// What lies on the disk, the system's own diaries left out.
        private func files() async throws -> Set<String> {
            let found = try await machine.succeed(
                """
                find / -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /tmp -o -path /var/tmp \
                -o -path /var/lib/systemd -o -path /usr/lib/modules -o -path /root -o -path /var/lib/apt \\) -prune -o -print
                """, within: Self.dpkg)
            return Set(found.split(separator: "\n").map(String.init))
        }

        /// A keyboard is plugged in, a phrase is recorded, the band answers, and the take is kept.
        private func bandOnAKeyboard() async throws {
            let synth = try await machine.startSynth()
            defer { synth.stop() }
            let keys = machine.keyboards[0]
            let daemon = try await Daemon(on: machine, socket: Self.socket)
            let beginning = daemon.now
            try await keys.plug(.silent)
            try await daemon.knows(KeyboardModel.silent.name ?? "", since: beginning)
            try await machine.succeed("continuo tempo 120 && continuo record")
            let playing = daemon.now
            for pitch in [60, 62, 64, 65, 67, 65, 64, 62] as [UInt8] {
                keys.play([0x90, pitch, 90])
                try await Task.sleep(for: .milliseconds(400))
                keys.play([0x80, pitch, 0])
                try await Task.sleep(for: .milliseconds(100))
            }
            try await machine.succeed("continuo record")
            _ = try await daemon.keepsTake(since: playing)
            try await daemon.becomes(.playing, since: playing)
            let channels: Set<UInt8> = [1, 2, 3, 4, 9]
            func isBand(_ heard: [Synth.Heard]) -> Bool {
                heard.contains { $0.bytes[0] & 0xF0 == 0x90 && channels.contains($0.bytes[0] & 15) }
            }
            #expect(isBand(await synth.heard(within: .seconds(60), until: isBand)), "no band is heard")
            try await machine.succeed("continuo panic")
            try await keys.unplug()
        }
    }
}

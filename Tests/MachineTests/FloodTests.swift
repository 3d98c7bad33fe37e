import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// A keyboard that sends more than anybody can play.
    @Suite struct Flood {
        let machine = Machine.current

        @Test func aFloodIsCountedAndMarkedAndSurvived() async throws {
            let keys = machine.keyboards[0]
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("flood", tempo: 400, isArranged: true)
            let mark = daemon.now
            try await keys.plug(KeyboardFamily.oxygen.model)
            try await daemon.knows("Oxygen 49", since: mark)
            let process = try await machine.succeed("pidof continuod")
            let chatter = Task {
                // 24 clocks a quarter at 250 a minute, and active sensing between them.
                while !Task.isCancelled {
                    keys.play([0xF8], [0xFE])
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            defer { chatter.cancel() }

            let before = try await daemon.status().counters
            let flooded = try await record(on: keys, daemon) {
                keys.play([[0xF0, 0x7D] + (0..<8190).map { UInt8($0 % 128) } + [0xF7]])
                keys.play((0..<5000).map { [0xE0, UInt8($0 % 128), UInt8($0 / 128 + 30)] })
                keys.play([0xE0, 0, 64])
                // The last of it has arrived, or was dropped on the way: so it is sent until it is heard.
                let end: [UInt8] = [0xB0, 21, 99]
                try await machine.eventually("the flood has passed") {
                    keys.play(end)
                    return await synth.heard(within: .milliseconds(500)) { $0.contains { $0.bytes == end } }
                        .contains { $0.bytes == end } ? true : nil
                }
            }
            let after = try await daemon.status().counters
            let lost = (after["overruns"] ?? 0) - (before["overruns"] ?? 0)
            let received = (after["received"] ?? 0) - (before["received"] ?? 0)
            let driver = try await machine.run("grep -h Overruns /proc/asound/card0/midi0").text
            print(
                "Of a flood of 5,000 events and 8 KiB \(received) events arrived; input was lost \(lost) times;",
                "the driver says:\(driver.split(separator: "\n").joined(separator: ";"))")
            let clean = try await record(on: keys, daemon) {}

            let dropped = (after["dropped bytes"] ?? 0) - (before["dropped bytes"] ?? 0)
            print("The daemon saw that \(dropped) bytes were dropped by the driver.")
            #expect(flooded.isDamaged == (lost > 0 || dropped > 0))
            #expect((dropped > 0) == driver.contains(/Overruns +: [1-9]/), "\(driver)")
            // How much of it the driver takes depends on how fast the guest is; some hundred are there in any case.
            #expect(received > 100)
            #expect(clean.isDamaged == false && clean.noteCount == 4)
            #expect(try await machine.succeed("pidof continuod") == process, "the daemon was restarted")
            let heard = await synth.heard { Reception($0.map { ($0.time, $0.bytes) }, on: [1]).notes.hanging.isEmpty }
            #expect(Reception(heard.map { ($0.time, $0.bytes) }, on: [1]).notes.hanging.isEmpty)
        }

        /// Records four notes, with something in their midst, and stops the band.
        private func record(
            on keys: VirtualKeyboard, _ daemon: Daemon, amid: () async throws -> Void
        ) async throws -> TakeSummaryReport {
            let mark = daemon.now
            keys.press(.record)
            try await daemon.becomes(.armed, since: mark)
            for pitch: UInt8 in [60, 64, 67, 72] {
                keys.play([0x90, pitch, 80])
                try await Task.sleep(for: .milliseconds(120))
                keys.play([0x80, pitch, 0])
                if pitch == 64 { try await amid() }
            }
            try await daemon.hears(4, since: mark)
            keys.press(.record)
            let take = try await daemon.keepsTake(since: mark)
            try await daemon.becomes(.playing, since: mark)
            let stopping = daemon.now
            try await daemon.perform(.stop)
            try await daemon.perform(.stop)
            try await daemon.becomes(.stopped, since: stopping)
            return take
        }
    }
}

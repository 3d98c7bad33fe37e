import ConsoleAPI
import TestSupport
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// A keyboard that nobody has described is taught by pressing its buttons, as its owner does it.
    @Suite struct Learning {
        let machine = Machine.current

        /// One button of each kind that there is.
        private static let taught: [(action: String, button: KeyboardFamily.Button)] = [
            ("record", .control(118, channel: 16)),
            ("play", .init([0xB0, 80, 127])),  // alternates: a press says on, the next one off
            ("stop", .init([0x99, 36, 100], [0x89, 36, 0])),
            ("next", .init([0xF0, 0x00, 0x20, 0x7A, 0x05, 0xF7])),
        ]

        @Test func anUnknownKeyboardsButtonsActAsSoonAsTheyArePressed() async throws {
            let keys = machine.keyboards[0]
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("learning", tempo: 400, isArranged: true)
            let mark = daemon.now
            try await keys.plug(KeyboardFamily.unknown.model)
            #expect(try await daemon.knows("Nameless Keys", since: mark).profile == nil)

            let began = ContinuousClock.now
            let command = machine.start("exec continuo learn --socket \(daemon.socket) record play stop next")
            for (action, button) in Self.taught {
                try await says("press your \(action) button", command)
                keys.press(button)
                if action == "play" {
                    try await says("press it once more", command)
                    keys.play([0xB0, 80, 0])
                }
                try await says("\(action): that is", command)
            }
            let result = try #require(await command.result(within: Machine.patience))
            let taught = ContinuousClock.now - began
            #expect(result.status == 0, "\(result.errorText)")
            let line = try #require(result.text.split(separator: "\n").first { $0.contains("written to ") })
            let words = line.split(separator: " ")
            let file = String(try #require(words.first { $0.hasPrefix("/") })).replacing(";", with: "")
            #expect(try await machine.succeed("cat '\(file)'").contains("# record: control change 118 on channel 16"))

            // Loaded at once.
            let pressing = daemon.now
            keys.press(Self.taught[0].button)
            try await daemon.becomes(.armed, since: pressing)
            let usable = ContinuousClock.now - began
            print("Four buttons were taught in \(taught), and Record acted \(usable) after the command was given.")
            // A person needs 10 s at most; the guest is about ten times slower than a computer.
            #expect(usable < .seconds(100))

            for pitch: UInt8 in [60, 64, 67, 72] {
                keys.play([0x90, pitch, 80])
                try await Task.sleep(for: .milliseconds(120))
                keys.play([0x80, pitch, 0])
            }
            try await daemon.hears(4, since: pressing)
            keys.press(Self.taught[0].button)
            let take = try await daemon.take(try await daemon.keepsTake(since: pressing).id)
            #expect(take.notes.map(\.pitch) == [60, 64, 67, 72], "a button that was learned is in the take")
            try await daemon.becomes(.playing, since: pressing)
            let stopping = daemon.now
            keys.press(Self.taught[2].button)
            try await daemon.becomes(.stopped, since: stopping)
            // Neither while they were learned nor afterwards were they heard.
            let heard = synth.heard.map(\.bytes).filter { $0[0] & 15 == 0 }
            #expect(heard.filter { $0[0] == 0x90 }.map { $0[1] } == [60, 64, 67, 72])
            #expect(!heard.contains { $0[0] == 0xB0 && [80, 118].contains($0[1]) })

            let undone = try await machine.succeed("continuo learn --socket \(daemon.socket) --undo")
            #expect(undone.contains("is gone"))
            #expect(try await machine.run("ls '\(file)'").status != 0)
            #expect(try await daemon.status().keyboards.map(\.profile) == [nil])
        }

        @Test func theDeepComposerKeyboardIsLedToTeaching() async throws {
            let daemon = try await machine.startDaemon("deepcomposer", tempo: 400, isArranged: true)
            let mark = daemon.now
            try await machine.keyboards[0].plug(
                KeyboardModel(vendor: 0x1234, product: 0x0404, manufacturer: "Amazon", name: "AWS DeepComposer"))
            #expect(try await daemon.knows("AWS DeepComposer", since: mark).profile == "aws-deepcomposer")
            let said = try await machine.succeed("continuo devices --socket \(daemon.socket)")
            #expect(said.contains("continuo learn play record stop"), "\(said)")
        }

        /// Waits until the command has said something.
        private func says(_ text: String, _ command: GuestCommand) async throws {
            let found = await command.progress.wait(atMost: Machine.patience) { progress -> Bool? in
                if progress.lines.contains(where: { $0.contains(text) }) { return true }
                return progress.ending == nil ? nil : false
            }
            guard found == true else {
                let progress = command.progress.value
                throw MachineError.neverHappened(
                    "continuo learn says \"\(text)\"; instead: "
                        + String(decoding: progress.output + progress.errorOutput, as: UTF8.self),
                    limit: Machine.patience)
            }
        }
    }
}

import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// Several keyboards at once: told apart, all of them heard.
    @Suite struct ManyKeyboards {
        let machine = Machine.current
        private static let model = KeyboardFamily.oxygen.model

        @Test func equalKeyboardsAreToldApartByTheirPlaces() async throws {
            let (first, second) = (machine.keyboards[0], machine.keyboards[1])
            try await first.plug(Self.model)
            try await second.plug(Self.model)
            let cards = try await machine.clients(named: Self.model.name ?? "", count: 2).compactMap(\.card)
            var paths: [String] = []
            for card in cards {
                paths.append(
                    try await machine.eventually("udev knows the place of card \(card)") {
                        let text = try await machine.run(
                            "udevadm info --query=property --property=ID_PATH --value /sys/class/sound/card\(card)")
                        let path = text.text.split(separator: "\n").first.map(String.init)
                        return path.flatMap { $0.contains("usb") ? $0 : nil }
                    })
            }
            paths.sort()  // by the number of the USB port, whichever card came first
            // What is played on the first keyboard sounds an octave higher.
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon(
                "equal", tempo: 400, settings: "[keyboard.\"path:\(paths[0])\"]\ntranspose = 12", isArranged: true)
            let keyboards = try await machine.eventually("both keyboards are known") {
                let found = try await daemon.status().keyboards
                return found.count == 2 ? found : nil
            }
            first.play([0x90, 60, 71], [0x80, 60, 0])
            _ = await synth.heard { Self.pitches($0).count == 1 }
            second.play([0x90, 60, 72], [0x80, 60, 0])
            let heard = Self.pitches(await synth.heard { Self.pitches($0).count == 2 })

            #expect(Set(keyboards.map(\.name)).count == 2, "\(keyboards.map(\.name))")
            #expect(heard == [72, 60])
            #expect(try await daemon.status().problems.isEmpty)
            try await expectOneTakeOfTwoPresses(first, second, daemon)
        }

        @Test func settingsFollowTheSerialNumberToAnotherPort() async throws {
            let synth = try await machine.startSynth()
            var models = [Self.model, Self.model]
            (models[0].serial, models[1].serial) = ("OX-1", "OX-2")
            let daemon = try await machine.startDaemon(
                "serials", tempo: 400, settings: "[keyboard.\"serial:OX-1\"]\ntranspose = 12", isArranged: true)
            for (round, order) in [[0, 1], [1, 0]].enumerated() {
                for (port, number) in order.enumerated() { try await machine.keyboards[port].plug(models[number]) }
                try await machine.eventually("both keyboards are known") {
                    try await daemon.status().keyboards.count == 2 ? true : nil
                }
                for (port, number) in order.enumerated() {
                    let before = Self.pitches(synth.heard).count
                    machine.keyboards[port].play([0x90, 60, 71], [0x80, 60, 0])
                    let heard = Self.pitches(await synth.heard { Self.pitches($0).count > before })
                    #expect(heard.last == (number == 0 ? 72 : 60), "round \(round), port \(port)")
                }
                for port in order.indices { try await machine.keyboards[port].unplug() }
                try await machine.eventually("both keyboards are gone") {
                    try await daemon.status().keyboards.isEmpty ? true : nil
                }
            }
        }

        @Test func aHubFullOfKeyboardsIsReadyAtOnce() async throws {
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("hub", tempo: 400, isArranged: true)
            let keyboards = machine.keyboards.dropFirst(Machine.ownPorts)
            let began = ContinuousClock.now
            for (keyboard, family) in zip(keyboards, KeyboardFamily.all) { try await keyboard.plug(family.model) }
            let known = try await machine.eventually("all keyboards of the hub are known") {
                let found = try await daemon.status().keyboards
                return found.count == keyboards.count ? found : nil
            }
            print("\(known.count) keyboards of a hub were ready after \(ContinuousClock.now - began)")
            for (number, keyboard) in keyboards.enumerated() {
                keyboard.play([0x90, UInt8(48 + number), 80], [0x80, UInt8(48 + number), 0])
            }
            let heard = await synth.heard { Self.pitches($0).count >= keyboards.count }
            let awake = await keyboards[Machine.ownPorts + 1].received {
                $0.contains { $0.bytes == [0x9F, 0x0C, 0x7F] }
            }

            #expect(keyboards.count == 8)
            #expect(Set(Self.pitches(heard)) == Set(48..<56))
            #expect(Reception(heard.map { ($0.time, $0.bytes) }, on: [1]).notes.hanging.isEmpty)
            #expect(!awake.isEmpty)
            #expect(Set(known.compactMap(\.profile)) == Set(KeyboardFamily.all.compactMap(\.profile)))
        }

        /// Record on one keyboard, and again on the other: one take.
        private func expectOneTakeOfTwoPresses(
            _ first: VirtualKeyboard, _ second: VirtualKeyboard, _ daemon: Daemon
        ) async throws {
            let mark = daemon.now
            first.press(.record)
            try await daemon.becomes(.armed, since: mark)
            for pitch: UInt8 in [60, 64, 67, 72] {
                first.play([0x90, pitch, 80])
                try await Task.sleep(for: .milliseconds(120))
                first.play([0x80, pitch, 0])
            }
            try await daemon.hears(4, since: mark)
            second.press(.record)
            let take = try await daemon.keepsTake(since: mark)
            try await daemon.becomes(.playing, since: mark)
            #expect(take.noteCount == 4)
            #expect(daemon.events(since: mark).count { if case .takeStored = $0 { true } else { false } } == 1)
        }

        private static func pitches(_ heard: [Synth.Heard]) -> [Int] {
            Reception(heard.map { ($0.time, $0.bytes) }, on: [1]).notes.filter(\.isBeginning).map(\.pitch)
        }
    }
}

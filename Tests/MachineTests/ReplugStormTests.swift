import ConsoleAPI
import Music
import TestSupport
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// Cables are pulled at any moment, also while the computer still makes the keyboard's acquaintance.
    @Suite struct ReplugStorm {
        let machine = Machine.current

        @Test func keyboardsComeBackHoweverTheyArePulled() async throws {
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("storm", tempo: 400, isArranged: true)
            let process = try await machine.succeed("pidof continuod")
            // Two in the machine's own ports, one in the hub.
            let families: [KeyboardFamily] = [.launchkeyMini, .oxygen, .yamahaKX]
            for (keyboard, family) in zip(machine.keyboards, families) { try await keyboard.plug(family.model) }
            var random = SplitMix64(seed: 5)
            let count = longCount(12, full: 1000)
            let began = ContinuousClock.now
            for round in 1...count {
                let number = Int.random(in: 0..<families.count, using: &random)
                let (keys, family) = (machine.keyboards[number], families[number])
                let what = "round \(round), \(family.model.name ?? "")"
                try await pull(keys, family, inHub: number == 2, &random)
                try await keys.plug(family.model)
                try await isReady(keys, family, round, synth, what)
                if round.isMultiple(of: 6) {
                    print("\(what): \(ContinuousClock.now - began)")
                    #expect(try await machine.succeed("pidof continuod") == process, "\(what): the daemon has ended")
                }
            }
            print("\(count) re-plugs took \(ContinuousClock.now - began)")
            let keyboards = try await machine.eventually("all keyboards are known") {
                let found = try await daemon.status().keyboards
                return found.count == families.count ? found : nil
            }
            #expect(Set(keyboards.map(\.profile)) == Set(families.map(\.profile)))
            #expect(try await daemon.status().counters["overruns"] == 0)
        }

        /// Unplugs a keyboard at some moment: while a key is held, or in the midst of its arrival.
        private func pull(
            _ keys: VirtualKeyboard, _ family: KeyboardFamily, inHub: Bool, _ random: inout SplitMix64
        ) async throws {
            // The emulated hub itself stalls for seconds where a device leaves in the midst of its arrival.
            let way = inHub ? 0 : Int.random(in: 0..<3, using: &random)
            if way == 0 {
                keys.play([0x90, 40, 80], [0xB0, 64, 127])
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<100, using: &random)))
                return try await keys.unplug()
            }
            try await keys.unplug()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<50, using: &random)))
            try await keys.plug(family.model)
            if way == 1, family.model.mode != nil {
                // The first word of the greeting is there: the rest is on its way.
                _ = await keys.received { !$0.isEmpty }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<5, using: &random)))
            } else {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<700, using: &random)))
            }
            try await keys.unplug()
        }

        /// What is played now is heard, what was held has ended, and the buttons are awake.
        private func isReady(
            _ keys: VirtualKeyboard, _ family: KeyboardFamily, _ round: Int, _ synth: Synth, _ what: String
        ) async throws {
            let velocity = UInt8(1 + round % 120)
            let mark = synth.heard.count
            func isHeard(_ heard: [Synth.Heard]) -> Bool {
                heard.dropFirst(mark).contains { $0.bytes == [0x90, 70, velocity] } && hanging(heard).isEmpty
            }
            // What is played before anybody listens is lost, so the key is pressed until it is heard.
            try await machine.eventually("\(what): it is heard again, and nothing hangs") {
                keys.play([0x90, 70, velocity], [0x80, 70, 0])
                return await isHeard(synth.heard(within: .milliseconds(300), until: isHeard)) ? true : nil
            }
            let heard = synth.heard
            #expect(hanging(heard).isEmpty, "\(what): notes hang")
            if let mode = family.model.mode {
                let received = await keys.received { $0.contains { $0.bytes == mode.begin } }
                #expect(received.contains { $0.bytes == mode.begin }, "\(what): its buttons sleep")
            }
        }

        private func hanging(_ heard: [Synth.Heard]) -> [NoteMessage] {
            Reception(heard.map { ($0.time, $0.bytes) }, on: [1]).notes.hanging
        }
    }
}

/// Random numbers, the same for the same seed (Steele, Lea and Flood 2014).
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

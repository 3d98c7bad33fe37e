import ConsoleAPI
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// What keyboards and the state port are told, through the real sequencer.
    @Suite struct Lights {
        let machine = Machine.current

        @Test func theStatePortTellsWhoeverConnectsAndThenEachChange() async throws {
            let listener = try await machine.startSynth()
            let daemon = try await machine.startDaemon("state", tempo: 240)
            let client = try #require(try await machine.clients(named: "Continuo").first)
            let port = try #require(client.ports.first { $0.name.contains("State") })
            let said = { (heard: [Synth.Heard]) in
                heard.map(\.bytes).filter { $0[0] == 0xBF && $0[1] == 119 }.map { $0[2] }
            }

            try await machine.succeed("aconnect \(port.address) \(listener.address)")
            let first = await listener.heard { !said($0).isEmpty }
            try await daemon.perform(.record)
            let second = await listener.heard { said($0).count >= 2 }
            // Who comes late is told what is so now, and nobody else is told again.
            try await machine.succeed("aconnect -d \(port.address) \(listener.address)")
            try await machine.succeed("aconnect \(port.address) \(listener.address)")
            let third = await listener.heard { said($0).count >= 3 }

            #expect(said(first) == [0])
            #expect(said(second) == [0, 1])
            #expect(said(third) == [0, 1, 1])
        }

        @Test func aControlPortIsWokenOnEachPlugAndPutToSleepAtTheEnd() async throws {
            let keys = machine.keyboards[0]
            let model = KeyboardFamily.launchkeyMini.model
            let daemon = try await machine.startDaemon("lights", tempo: 240)
            for round in 1...2 {
                if round > 1 { try await keys.unplug() }
                let mark = daemon.now
                try await keys.plug(model)
                let known = try await daemon.knows("Launchkey Mini MK3", since: mark)
                let woken = await keys.received { !$0.isEmpty }

                #expect(known.profile == "novation-launchkey-mini-mk3", "round \(round)")
                #expect(
                    woken.first?.bytes == [0x9F, 0x0C, 0x7F], "round \(round): the greeting is the first that it hears")
                #expect(Set(woken.map(\.port)) == [1], "round \(round)")
            }
            try await machine.succeed("kill $(pidof continuod)")
            let asleep = await keys.received { $0.last?.bytes == [0x9F, 0x0C, 0x00] }
            #expect(asleep.last?.bytes == [0x9F, 0x0C, 0x00], "nothing follows the goodbye")
            #expect(asleep.count { $0.bytes == [0x9F, 0x0C, 0x7F] } == 1)
            #expect(!keys.isInMode)
        }

        @Test func anUnknownKeyboardIsAskedWhoItIsOnce() async throws {
            let keys = machine.keyboards[0]
            let daemon = try await machine.startDaemon("inquiry", tempo: 240)
            let mark = daemon.now
            try await keys.plug(KeyboardModel(vendor: 0x1234, product: 0xABCD, name: "Nobody's Keys"))
            let known = try await daemon.knows("Nobody's Keys", since: mark)
            let asked = await keys.received { !$0.isEmpty }
            try await Task.sleep(for: .seconds(2))

            #expect(known.profile == nil)
            #expect(asked.map(\.bytes) == [[0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7]])
            #expect(keys.received.count == 1)
        }
    }
}

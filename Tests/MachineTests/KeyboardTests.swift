import TestSupport
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// What the tests of the daemon build on: keyboards come and go, and MIDI travels both ways.
    @Suite struct Keyboards {
        let machine = Machine.current

        static let keys = KeyboardModel(vendor: 0x1234, product: 0xABCD, name: "Test Keys 32", serial: "SN-0042")

        @Test func keyboardAppearsInTheSequencer() async throws {
            var model = Self.keys
            (model.outputs, model.inputs) = (2, 1)
            try await machine.keyboards[0].plug(model)

            let client = try #require(try await machine.clients(named: "Test Keys 32").first)
            let usbID = try await machine.succeed("cat /proc/asound/card\(client.card ?? 99)/usbid")

            #expect(client.ports.map(\.name) == ["Test Keys 32 MIDI 1", "Test Keys 32 MIDI 2"])
            #expect(usbID == "1234:abcd\n")
        }

        @Test func udevKnowsTheKeyboardsIdentity() async throws {
            try await machine.keyboards[0].plug(Self.keys)
            let client = try #require(try await machine.clients(named: "Test Keys 32").first)

            let properties = try await machine.eventually("udev has initialized the card") {
                let text = try await machine.run(
                    "udevadm info --query=property /sys/class/sound/card\(client.card ?? 99)")
                return text.text.contains("SOUND_INITIALIZED=1") ? text.text.split(separator: "\n") : nil
            }

            #expect(properties.contains("ID_VENDOR_ID=1234"))
            #expect(properties.contains("ID_MODEL_ID=abcd"))
            #expect(properties.contains("ID_SERIAL_SHORT=SN-0042"))
        }

        @Test func synthHearsWhatTheKeyboardPlays() async throws {
            let synth = try await machine.startSynth()
            let keyboard = try await plugged(0, Self.keys, into: synth)

            let sent: [[UInt8]] =
                [
                    [0x90, 60, 100], [0x80, 60, 64], [0xB0, 64, 127], [0xC0, 5], [0xE0, 0, 0x50], [0xFA], [0xF8],
                    [0xFC],
                ]
                + [[0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7], [0x9F, 127, 1]]
            keyboard.play(sent)
            let heard = await synth.heard { $0.count >= sent.count }

            #expect(heard.map(\.bytes) == sent)
            #expect(synth.overruns == 0)
        }

        @Test func aBurstOfNotesArrivesWhole() async throws {
            let synth = try await machine.startSynth()
            let keyboard = try await plugged(0, Self.keys, into: synth)

            let sent = Self.scale(1000)
            keyboard.play(sent)
            let heard = await synth.heard { $0.count >= sent.count }

            #expect(heard.map(\.bytes) == sent)
        }

        @Test func notesTravelBothWays() async throws {
            let synth = try await machine.startSynth()
            let source = try await plugged(0, Self.keys, into: synth)
            let model = KeyboardModel(vendor: 0x1235, product: 1, name: "Sound Module")
            try await machine.keyboards[1].plug(model)
            let from = try #require(try await machine.clients(named: "Test Keys 32").first?.ports.first)
            let to = try #require(try await machine.clients(named: "Sound Module").first?.ports.first)
            try await machine.succeed("aconnect \(from.address) \(to.address)")

            let systemExclusive: [UInt8] = [0xF0, 0x7D] + (0..<100).map { $0 } + [0xF7]
            let sent = Self.scale(300) + [systemExclusive] + Self.scale(10)
            source.play(sent)
            let received = await machine.keyboards[1].received { $0.count >= sent.count }

            #expect(received.map(\.bytes) == sent)
            #expect(received.map(\.instant) == received.map(\.instant).sorted())
        }

        @Test func portsOfAKeyboardAreApart() async throws {
            var model = Self.keys
            (model.outputs, model.inputs) = (2, 2)
            let synth = try await machine.startSynth()
            let keyboard = try await plugged(0, model, into: synth, port: 1)
            try await machine.succeed("amidi -p hw:0,0,0 -S '90 30 01'; amidi -p hw:0,0,1 -S '91 31 02'")

            keyboard.play([0x90, 1, 1], port: 0)
            keyboard.play([0x90, 2, 2], port: 1)

            #expect(await synth.heard { $0.count >= 1 }.map(\.bytes) == [[0x90, 2, 2]])
            let received = await keyboard.received { $0.count >= 2 }
            #expect(received.map(\.port) == [0, 1])
            #expect(received.map(\.bytes) == [[0x90, 0x30, 1], [0x91, 0x31, 2]])
        }

        @Test func twoKeyboardsOfOneModelAreTwoClients() async throws {
            let synth = try await machine.startSynth()
            var other = Self.keys
            other.serial = "SN-0043"
            try await machine.keyboards[0].plug(Self.keys)
            try await machine.keyboards[1].plug(other)

            let clients = try await machine.clients(named: "Test Keys 32", count: 2)
            let addresses = clients.compactMap(\.ports.first?.address)
            for address in addresses { try await machine.succeed("aconnect \(address) \(synth.address)") }
            machine.keyboards[0].play([0x90, 60, 1])
            machine.keyboards[1].play([0x90, 72, 2])
            let heard = await synth.heard { $0.count >= 2 }

            #expect(Set(clients.map(\.card)).count == 2)
            #expect(Set(heard.map(\.bytes)) == [[0x90, 60, 1], [0x90, 72, 2]])
        }

        @Test func replugsAgainAndAgain() async throws {
            let synth = try await machine.startSynth()
            // The daemon's own tests re-plug twenty times every day.
            let rounds = longCount(1, full: 20)
            for round in 1...rounds {
                let keyboard = try await plugged(0, Self.keys, into: synth)
                keyboard.play([0x90, 60, UInt8(round)])
                let heard = await synth.heard { $0.count >= round }
                #expect(heard.last?.bytes == [0x90, 60, UInt8(round)])
                try await keyboard.unplug()
                try await machine.noClient(named: "Test Keys 32")
            }
            #expect(synth.heard.count == rounds)
        }

        /// Note-ons and note-offs that differ from their neighbours.
        private static func scale(_ count: Int) -> [[UInt8]] {
            (0..<count).map { index -> [UInt8] in
                let status: UInt8 = index.isMultiple(of: 2) ? 0x90 : 0x80
                return [status, UInt8(index / 2 % 128), UInt8(1 + index % 127)]
            }
        }

        /// Plugs a keyboard in and connects one of its ports to a synthesizer.
        private func plugged(
            _ usbPort: Int, _ model: KeyboardModel, into synth: Synth, port: Int = 0
        ) async throws -> VirtualKeyboard {
            try await machine.keyboards[usbPort].plug(model)
            let client = try #require(try await machine.clients(named: model.name ?? "").first)
            try await machine.succeed("aconnect \(client.ports[port].address) \(synth.address)")
            return machine.keyboards[usbPort]
        }
    }
}

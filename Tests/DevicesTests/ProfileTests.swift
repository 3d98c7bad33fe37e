import Controls
import Devices
import Foundation
import MIDI
import Music
import Testing

@Suite struct ProfileTests {
    static let good = """
        name = "Maker Model 49"
        usb = ["0763:0197"]
        products = ["Model 49"]
        sounds = false
        confidence = 3
        sources = ["somewhere"]
        handshake = ["9F 0C 7F", "F0 00 20 6B 7F F7"]
        goodbye = ["9F 0C 00"]

        [ports]
        keys = 1
        control = 2

        [buttons]
        record = { control = 118, channel = 16 }
        play = { note = 94, channel = 1 }
        genre-2 = { program = 3, channel = 10 }
        stop = { sysex = "F0 7F ?? 06 01 F7" }
        loop = { realtime = "start" }
        """

    @Test func aWholeProfileIsRead() throws {
        let profile = try DeviceProfile(toml: ProfileTests.good, file: "model.toml")
        #expect(profile.id == "model")
        #expect(profile.usb == [USBIdentity(vendor: 0x0763, product: 0x0197)])
        #expect(profile.controlPort == .number(2) && profile.keysPort == .number(1))
        #expect(profile.handshake == [[0x9F, 0x0C, 0x7F], [0xF0, 0x00, 0x20, 0x6B, 0x7F, 0xF7]])
        #expect(
            Set(profile.buttons) == [
                ControlBinding(.record, .control(Channel(16), 118)), ControlBinding(.play, .note(Channel(1), 94)),
                ControlBinding(.genre(2), .program(Channel(10), 3)),
                ControlBinding(.stop, .systemExclusive([0xF0, 0x7F, nil, 0x06, 0x01, 0xF7])),
                ControlBinding(.loop, .realTime(0xFA), place: .anyPort),
            ])
    }

    /// What is changed in the good profile, the line that is named, a part of the reason.
    @Test(
        arguments: [
            ("sounds = false", "sound = false", 4, "no key \"sound\": is it \"sounds\"?"),
            ("sounds = false", "sounds = 1", 4, "true or false"),
            ("confidence = 3", "confidence = 4", 5, "1, 2 or 3"),
            ("sources = [\"somewhere\"]", "sources = []", 6, "at least one source"),
            ("0763:0197", "763:197", 2, "no USB number"),
            ("goodbye = [\"9F 0C 00\"]", "", 7, "belong together"),
            ("9F 0C 00", "9F 8C 00", 8, "not one whole message"),
            ("9F 0C 00", "F0 01 02", 8, "not one whole message"),
            ("control = 2\n", "control = 17\n", 12, "a port is"),
            ("control = 118", "control = 128", 15, "0 ... 127"),
            ("channel = 16", "channel = 17", 15, "1 ... 16"),
            ("play =", "dance =", 16, "no action \"dance\""),
            ("note = 94, channel = 1 ", "control = 118, channel = 16 ", 15, "the same message"),
            ("\"start\"", "\"go\"", 19, "realtime is"),
            ("F0 7F ?? 06 01 F7", "F0 7F", 18, "hexadecimal"),
            ("name = \"Maker Model 49\"", "name = ", 1, " "),
            ("products = [\"Model 49\"]", "products = [\"49\"]", 3, "three letters"),
            ("products = [\"Model 49\"]", "inquiry = { manufacturer = \"00 20\", family = \"02 01\" }", 3, "one byte"),
            ("products = [\"Model 49\"]", "inquiry = { manufacturer = \"47\", family = \"49\" }", 3, "two bytes"),
            ("products = [\"Model 49\"]", "inquiry = { maker = \"47\", family = \"49 00\" }", 3, "no key \"maker\""),
            ("sounds = false", "keys = 129", 4, "0 ... 128"),
            ("sounds = false", "confirmed = \"\"", 4, "in words"),
            ("sounds = false", "press = \"hold\"", 4, "momentary"),
            ("control = 2\n", "contrl = 2\n", 12, "is it \"control\"?"),
            ("record = {", "recrod = {", 15, "is it \"record\"?"),
            ("control = 118,", "controll = 118,", 15, "is it \"control\"?"),
            ("realtime = \"start\"", "mmc = \"recrod\"", 19, "is it \"record\"?"),
            ("realtime = \"start\"", "mmc = \"stop\"", 18, "the same message"),
            ("realtime = \"start\"", "mackie = \"play\"", 16, "the same message"),
            ("realtime = \"start\"", "mackie = \"play\", channel = 1", 19, "has no channel"),
            ("realtime = \"start\"", "realtime = \"start\", mmc = \"play\"", 19, "needs one of"),
            ("realtime = \"start\"", "realtime = \"start\", confirmed = 1", 19, "true or false"),
            ("realtime = \"start\"", "realtime = \"start\", light = { on = \"90 10 7F\" }", 19, "needs on and off"),
            (
                "realtime = \"start\"", "realtime = \"start\", light = { on = \"90 10\", off = \"90 10 00\" }", 19,
                "not one whole message"
            ),
            ("loop = { realtime = \"start\" }", "loop = []", 19, "a list of such tables"),
            ("control = 2\n", "control = 1\n", 16, "a note of the keys"),
        ] as [(String, String, Int?, String)])
    func aBrokenProfileNamesItsLineAndReason(good: String, bad: String, line: Int?, reason: String) throws {
        let text = ProfileTests.good.replacingOccurrences(of: good, with: bad)
        let error = #expect(throws: ProfileError.self) { try DeviceProfile(toml: text, file: "model.toml") }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
        #expect(error?.description.hasPrefix("profile model.toml") == true)
    }

    /// What is added to the good profile, which ends at line 19, the line that is named, a part of the reason.
    @Test(
        arguments: [
            ("[lights]\nidle = [\"90 10 7F\"]", 20, "lights need off"),
            ("[lights]\noff = [\"90 10\"]", 21, "not one whole message"),
            ("[lights]\noff = [\"C0 10 00\"]", 21, "not one whole message"),
            ("[lights]\noff = [\"90 10 00\"]\nplayin = []", 22, "is it \"playing\"?"),
            ("[light]\noff = [\"90 10 00\"]", 20, "is it \"lights\"?"),
        ] as [(String, Int, String)])
    func brokenLightsNameTheirLineAndReason(added: String, line: Int, reason: String) {
        let text = ProfileTests.good + "\n" + added
        let error = #expect(throws: ProfileError.self) { try DeviceProfile(toml: text, file: "model.toml") }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
    }

    @Test func buttonsOfEveryKindAreRead() throws {
        let text = ProfileTests.good.replacingOccurrences(
            of: "loop = { realtime = \"start\" }",
            with: """
                loop = [{ mmc = "chase" }, { control = 3, channel = 2, press = "toggle" }]
                undo = { mackie = "undo", confirmed = false }
                lock-bass = { note = 40, channel = 10, light = { on = "99 28 05", off = "99 28 00" } }

                [lights]
                off = ["90 10 00"]
                armed = ["90 10 05", "90 11 05"]
                """)
        let profile = try DeviceProfile(toml: text, file: "model.toml")
        let expected: [ControlBinding] = [
            ControlBinding(.loop, .systemExclusive([0xF0, 0x7F, nil, 0x06, 0x0B, 0xF7]), place: .anyPort),
            ControlBinding(.loop, .control(Channel(2), 3), press: .toggle),
            ControlBinding(.undo, .note(Channel(1), 0x51), isConfirmed: false),
            ControlBinding(
                .lock(.bass), .note(Channel(10), 40),
                light: ButtonLight(on: [0x99, 0x28, 0x05], off: [0x99, 0x28, 0x00])),
        ]
        #expect(Set(profile.buttons).isSuperset(of: expected) && profile.buttons.count == 8)
        #expect(profile.lights == [.armed: [[0x90, 0x10, 0x05], [0x90, 0x11, 0x05]]])
        #expect(profile.lightsOff == [[0x90, 0x10, 0x00]])
    }

    /// Whether a note button is allowed beside the keys: number of keys, control port, channel.
    @Test(arguments: [
        ("keys = 0", 1, 1, true), ("keys = 25", 1, 1, false), ("", 1, 1, false), ("keys = 25", 2, 1, true),
        ("keys = 25", 1, 10, true),
    ]) func aNoteButtonStandsWhereItIsNoMusic(keys: String, port: Int, channel: Int, isAllowed: Bool) {
        let text = """
            name = "Pads"
            products = ["Pads"]
            \(keys)
            confidence = 2
            sources = ["somewhere"]
            [ports]
            control = \(port)
            [buttons]
            play = { note = 60, channel = \(channel) }
            """
        let profile = try? DeviceProfile(toml: text, file: "pads.toml")
        #expect((profile != nil) == isAllowed)
    }
}

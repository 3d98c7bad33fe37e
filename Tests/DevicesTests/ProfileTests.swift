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
                ControlBinding(.loop, .realTime(0xFA)),
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
        ] as [(String, String, Int?, String)])
    func aBrokenProfileNamesItsLineAndReason(good: String, bad: String, line: Int?, reason: String) throws {
        let text = ProfileTests.good.replacingOccurrences(of: good, with: bad)
        let error = #expect(throws: ProfileError.self) { try DeviceProfile(toml: text, file: "model.toml") }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
        #expect(error?.description.hasPrefix("profile model.toml") == true)
    }
}

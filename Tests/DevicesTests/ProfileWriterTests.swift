import Controls
import Devices
import Foundation
import MIDI
import Music
import Testing

struct ProfileWriterTests {
    private static let folder = FileManager.default.temporaryDirectory.path

    @Test(arguments: 0..<60) func whatIsWrittenReadsBackTheSame(seed: UInt64) throws {
        let profile = ProfileWriterTests.profile(seed)
        let text = ProfileWriter.text(of: profile, remarks: ["a remark"])
        #expect(try DeviceProfile(toml: text, file: "\(profile.id).toml") == profile, "\(text)")
    }

    @Test func theFormerFileComesBack() throws {
        let folder = ProfileWriterTests.folder + "/profiles-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = ProfileWriter(folder: folder)
        var profile = ProfileWriterTests.profile(1)
        let path = try writer.write(profile)
        profile.name = "Second"
        #expect(try writer.write(profile) == path)
        func name() throws -> String {
            try DeviceProfile(toml: String(contentsOfFile: path, encoding: .utf8), file: "p.toml").name
        }
        #expect(try name() == "Second")
        #expect(try writer.undo(profile))
        #expect(try name() == ProfileWriterTests.profile(1).name)
        #expect(try !writer.undo(profile))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: ProfileWriter.WriteError.self) { try writer.undo(profile) }
    }

    @Test func everyFormerFileComesBackInTurn() throws {
        let folder = ProfileWriterTests.folder + "/profiles-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = ProfileWriter(folder: folder)
        var profile = ProfileWriterTests.profile(1)
        for number in 1...12 {
            profile.name = "Name \(number)"
            _ = try writer.write(profile)
        }
        for number in stride(from: 11, through: 3, by: -1) {
            #expect(try writer.undo(profile))
            let text = try String(contentsOfFile: writer.path(of: profile), encoding: .utf8)
            #expect(try DeviceProfile(toml: text, file: "p.toml").name == "Name \(number)")
        }
        #expect(try !writer.undo(profile), "nine former files are kept")
    }

    @Test func aLearnedProfileStartsFromWhatWasKnown() throws {
        var learner = ControlLearner()
        learner.ask(.record)
        _ = learner.hear(
            .init(time: .init(nanoseconds: 0), source: .init(client: 1, port: 0), message: .realTimeStart), onPort: 1)
        _ = learner.pass(to: .init(nanoseconds: 1_000_000_000))
        learner.take()
        let keyboard = Keyboard(
            card: 1, usb: USBIdentity(vendor: 0x1235, product: 0x0102), serial: nil, path: "p", productName: "Mini MK3")
        var base = DeviceProfile(id: "mini", name: "Mini", usb: [USBIdentity(vendor: 1, product: 1)], sources: ["x"])
        base.handshake = [[0x9F, 0x0C, 0x7F]]
        base.buttons = [
            ControlBinding(.record, .control(Channel(16), 117)),
            ControlBinding(.stop, .realTime(0xFA), place: .anyPort),
            ControlBinding(.next, .control(Channel(16), 103)),
        ]
        let profile = DeviceProfile(
            learned: learner.learned, on: keyboard, from: base, isOwn: false, at: Date(timeIntervalSince1970: 0))
        #expect(profile.buttons.map(\.action) == [.next, .record])
        #expect(profile.handshake == base.handshake && profile.confidence == 3)
        #expect(profile.usb == [USBIdentity(vendor: 0x1235, product: 0x0102)] && profile.products == ["Mini MK3"])
        #expect(profile.id == "learned-mini-mk3-1235-0102")
        #expect(profile.sources == ["x", "learned from the keyboard on 1970-01-01"])
    }

    /// Any profile that a file can say, with its buttons in the order in which files are read.
    private static func profile(_ seed: UInt64) -> DeviceProfile {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let names = ["Maker \"Model\" 49", "Clé\\Q\u{1}", "Кeys = [1] # x", "Plain"]
        var profile = DeviceProfile(
            id: "p", name: names[draw(4)], usb: [USBIdentity(vendor: UInt16(draw(65536)), product: 7)],
            products: draw(2) == 0 ? [] : [names[draw(4)]], sounds: draw(2) == 0,
            keyCount: draw(2) == 0 ? nil : draw(89),
            keysPort: draw(2) == 0 ? .number(1) : .named("MIDI"),
            controlPort: draw(2) == 0 ? .number(2) : .named("DAW"),
            confidence: 1 + draw(3), sources: ["somewhere", names[draw(4)]], confirmed: draw(2) == 0 ? nil : "a capture"
        )
        if draw(2) == 0 { profile.inquiry = DeviceInquiry(manufacturer: [0, 0x20, 0x29], family: [2, 1]) }
        if draw(2) == 0 {
            profile.handshake = [[0x9F, 0x0C, 0x7F], [0xF0, 1, 2, 0xF7]]
            profile.goodbye = [[0x9F, 0x0C, 0]]
        }
        if draw(2) == 0 {
            profile.lightsOff = [[0x90, 1, 0]]
            profile.lights = [.playing: [[0x90, 1, 3]], .damaged: [[0x90, 1, 4]]]
        }
        let actions: [ControlAction] = [.record, .play, .stop, .genre(2), .mute(.bass), .nextGenre, .oneButton]
        var number: UInt8 = 20
        for action in actions.sorted(by: { $0.name < $1.name }) where draw(4) > 0 {
            for _ in 0...draw(2) {
                number += 1
                let channel = Channel(2 + draw(15))
                let mmc: ControlTrigger = .systemExclusive([0xF0, 0x7F, nil, 0x06, 1, 0xF7])
                let triggers: [ControlTrigger] = [
                    .control(channel, number), .note(channel, number), .program(channel, number),
                    .systemExclusive([0xF0, 0x42, nil, number, 0xF7]), mmc,
                ]
                var trigger = triggers[draw(5)]
                if profile.buttons.contains(where: { $0.trigger == trigger }) { trigger = .control(channel, number) }
                profile.buttons.append(
                    ControlBinding(
                        action, trigger, place: trigger == mmc ? .anyPort : .controlPort,
                        press: draw(2) == 0 ? .momentary : .toggle, isConfirmed: draw(2) == 0,
                        light: draw(3) > 0 ? nil : ButtonLight(on: [0x90, number, 1], off: [0x90, number, 0])))
            }
        }
        return profile
    }
}

import MIDI
import Music
import TestSupport
import Testing

@Suite struct MessageNormalizerTests {
    private let c = Channel(1)
    private func on(_ pitch: Int) -> MIDIMessage { .noteOn(c, Pitch(pitch), Velocity(90)) }
    private func off(_ pitch: Int) -> MIDIMessage { .noteOff(c, Pitch(pitch)) }

    @Test func aNoteOnOfAHeldNoteIsPrecededByItsNoteOff() {
        var normalizer = MessageNormalizer()
        _ = normalizer.normalized(on(60))
        #expect(normalizer.normalized(on(60)) == [off(60), on(60)])
        #expect(normalizer.mended.repeatedNoteOns == 1)
    }

    @Test func aNoteOffOfAnUnheldNoteIsDropped() {
        var normalizer = MessageNormalizer()
        #expect(normalizer.normalized(off(60)) == [])
        #expect(normalizer.mended.strayNoteOffs == 1)
    }

    @Test func aNoteOnOfVelocityZeroBecomesANoteOff() {
        var normalizer = MessageNormalizer()
        _ = normalizer.normalized(on(60))
        #expect(normalizer.normalized(MIDIMessage(status: 0x90, data1: 60)) == [off(60)])
    }

    @Test func theReleaseVelocityIsKept() {
        var normalizer = MessageNormalizer()
        _ = normalizer.normalized(on(60))
        let soft = MIDIMessage.noteOff(c, Pitch(60), velocity: 5)
        #expect(normalizer.normalized(soft) == [soft])
    }

    @Test func heldNotesAreReleasedWhenTheKeyboardIsUnplugged() {
        var normalizer = MessageNormalizer()
        for pitch in [60, 64, 67] { _ = normalizer.normalized(on(pitch)) }
        var messages: [MIDIMessage] = []
        normalizer.releaseAll { messages.append($0) }
        #expect(messages == [off(60), off(64), off(67)])
        #expect(normalizer.mended.releasedNotes == 3)
        #expect(normalizer.normalized(off(60)) == [])
    }

    @Test(arguments: [UInt8(120), 123, 124, 125, 126, 127])
    func silencingModeMessagesReleaseTheirChannel(controller: UInt8) {
        var normalizer = MessageNormalizer()
        let other = MIDIMessage.noteOn(Channel(2), Pitch(60), Velocity(90))
        _ = normalizer.normalized(on(60))
        _ = normalizer.normalized(other)
        let message = MIDIMessage.controlChange(c, controller, 0)
        #expect(normalizer.normalized(message) == [off(60), message])
        #expect(normalizer.held.count == 1)
    }

    @Test func aSystemResetReleasesEverything() {
        var normalizer = MessageNormalizer()
        _ = normalizer.normalized(on(60))
        #expect(normalizer.normalized(MIDIMessage(status: 0xFF)) == [off(60), MIDIMessage(status: 0xFF)])
    }

    @Test(arguments: [[0x40, 0, 0], [0xF0, 1, 1], [0xF7, 0, 0], [0x90, 200, 1], [0x90, 1, 200], [0xC0, 128, 0]])
    func bytesOutOfRangeAreDroppedAndCounted(bytes: [Int]) {
        var normalizer = MessageNormalizer()
        var messages: [MIDIMessage] = []
        normalizer.normalize(status: UInt8(bytes[0]), data1: UInt8(bytes[1]), data2: UInt8(bytes[2])) {
            messages.append($0)
        }
        #expect(messages == [])
        #expect(normalizer.mended.malformedMessages == 1)
    }

    @Test func unusedDataBytesDoNotMatter() {
        var normalizer = MessageNormalizer()
        var messages: [MIDIMessage] = []
        normalizer.normalize(status: 0xC0, data1: 5, data2: 255) { messages.append($0) }
        #expect(messages == [.programChange(c, Program(5))])
    }

    @Test(arguments: 0..<20)
    func everyNoteOnIsFollowedByExactlyOneNoteOff(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var normalizer = MessageNormalizer()
        var sounding = Set<UInt16>()
        var illegal = 0
        let check = { (message: MIDIMessage) in
            let key = UInt16(message.status & 15) << 8 | UInt16(message.data1)
            switch message.status & 0xF0 {
            case 0x90: illegal += sounding.insert(key).inserted && message.data2 > 0 ? 0 : 1
            case 0x80: illegal += sounding.remove(key) == nil ? 1 : 0
            default: break
            }
        }
        for _ in 0..<5000 {
            normalizer.normalize(
                status: UInt8.random(in: 0x80...0xBF, using: &random),
                data1: UInt8.random(in: 60...127, using: &random),
                data2: UInt8.random(in: 0...130, using: &random), check)
        }
        normalizer.releaseAll(check)
        #expect(illegal == 0)
        #expect(sounding.isEmpty)
    }
}

import Foundation
import MIDI
import Music
import Testing

@testable import Rendering

/// Reads a canonical 16-bit WAV file without any code of the writer.
struct DecodedWAV {
    let sampleRate: Int
    let channels: Int
    let samples: [Int16]

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func word(_ at: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        func name(_ at: Int) -> String { String(decoding: bytes[at..<(at + 4)], as: UTF8.self) }
        try #require(name(0) == "RIFF" && name(8) == "WAVE" && word(4, 4) == bytes.count - 8)
        var position = 12
        var format = 0
        while name(position) != "data" {
            if name(position) == "fmt " { format = position + 8 }
            position += 8 + word(position + 4, 4)
        }
        try #require(word(format + 14, 2) == 16)
        channels = word(format + 2, 2)
        sampleRate = word(format + 4, 4)
        let start = position + 8
        samples = stride(from: start, to: start + word(position + 4, 4), by: 2).map { at in
            Int16(bitPattern: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8)
        }
    }

    var seconds: Double { Double(samples.count / channels) / Double(sampleRate) }
    var peak: Int { samples.map { abs(Int($0)) }.max() ?? 0 }

    func rms(_ from: Double, _ to: Double) -> Double {
        let range =
            (Int(from * Double(sampleRate)) * channels)..<min(samples.count, Int(to * Double(sampleRate)) * channels)
        let sum = samples[range].reduce(0.0) { $0 + Double($1) * Double($1) }
        return (sum / Double(max(1, range.count))).squareRoot() / 32768
    }
}

private let soundFontIsInstalled = (try? SoundFont.locate()) != nil

@Suite(.enabled(if: soundFontIsInstalled, "needs a SoundFont: apt install timgm6mb-soundfont"))
struct AudioRendererTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func aBandIsLoudButNeverClipsAndDiesAway() throws {
        let arrangement = Example.arrangement(bars: 8)
        let path = folder.file("band.wav")
        let began = ContinuousClock.now
        let report = try AudioRenderer().render(arrangement, to: path)
        let took = ContinuousClock.now - began
        let wav = try DecodedWAV(path)
        let music = 8 * 4 * 60 / 112.0
        #expect(wav.channels == 2 && wav.sampleRate == 44_100)
        #expect(abs(wav.seconds - report.seconds) < 0.001)
        #expect(wav.seconds > music + 0.2 && wav.seconds <= music + AudioRenderer.longestTail + 0.1)
        // -1 dB of full scale is 29,204.
        #expect(wav.peak <= 29_206 && wav.peak > 8_000)
        let loudness = try #require(report.loudness)
        #expect(abs(loudness + 16) < 0.3)
        #expect(wav.rms(0, music) > 0.03)
        #expect(wav.rms(wav.seconds - 0.02, wav.seconds) < 0.001)
        #expect(took < .seconds(music), "slower than real time")
        if ProcessInfo.processInfo.environment["CONTINUO_PRINT"] != nil {
            print("rendered \(wav.seconds) s in \(took), peak \(wav.peak), rms \(wav.rms(0, music)), \(report)")
        }
    }

    @Test func theSameArrangementGivesTheSameFile() throws {
        let renderer = try AudioRenderer(sampleRate: 22_050)
        try renderer.render(Example.arrangement(bars: 1), to: folder.file("a.wav"))
        try renderer.render(Example.arrangement(bars: 1), to: folder.file("b.wav"))
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.wav")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("b.wav"))) == first)
    }

    @Test(arguments: [("a.flac", "fLaC"), ("a.ogg", "OggS"), ("a.wav", "RIFF")])
    func theEndingOfTheNameChoosesTheFormat(name: String, magic: String) throws {
        try AudioRenderer(sampleRate: 22_050).render(Example.arrangement(bars: 1), to: folder.file(name))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
        #expect(String(decoding: bytes.prefix(4), as: UTF8.self) == magic)
    }

    @Test func anMP3IsWrittenWhereTheSystemCan() throws {
        do {
            try AudioRenderer().render(Example.arrangement(bars: 1), to: folder.file("a.mp3"))
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.mp3"))))
            // Tags, or the first frame's eleven bits.
            #expect(bytes.starts(with: Array("ID3".utf8)) || bytes[0] == 0xFF && bytes[1] & 0xE0 == 0xE0)
            #expect(bytes.count > 10_000)
        } catch let error as RenderingError {
            #expect(error.kind == .cannotWrite && "\(error)".contains("MP3 needs libsndfile 1.1"))
        }
    }

    @Test func theStemsTogetherAreTheWhole() throws {
        var renderer = try AudioRenderer(sampleRate: 22_050)
        renderer.writesStems = true
        let report = try renderer.render(Example.arrangement(bars: 2), to: folder.file("band.wav"))
        let names = report.stems.map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(names.contains("band-bass.wav") && names.contains("band-melody.wav") && names.count >= 3)
        let whole = try DecodedWAV(folder.file("band.wav"))
        let stems = try report.stems.map { try DecodedWAV($0) }
        #expect(stems.allSatisfy { $0.samples.count == whole.samples.count && $0.peak > 100 })
        // Each stem is rounded and limited by itself, so the whole's peaks differ a little.
        var difference = 0.0
        for index in whole.samples.indices {
            let sum = stems.reduce(0) { $0 + Int($1.samples[index]) }
            difference += pow(Double(sum - Int(whole.samples[index])), 2)
        }
        let rms = (difference / Double(whole.samples.count)).squareRoot() / 32768
        #expect(rms < 0.05 * whole.rms(0, whole.seconds))
    }

    @Test func silenceIsWrittenAsSilence() throws {
        let report = try AudioRenderer().render(Example.silence, to: folder.file("s.wav"))
        #expect(report.loudness == nil)
        #expect(try DecodedWAV(folder.file("s.wav")).samples.allSatisfy { abs(Int($0)) <= 2 })
    }

    @Test func playingTwiceIsTwiceAsLong() throws {
        let once = try AudioRenderer(sampleRate: 8_000).render(Example.arrangement(bars: 1), to: folder.file("1.wav"))
        let twice = try AudioRenderer(sampleRate: 8_000, repeats: 2).render(
            Example.arrangement(bars: 1), to: folder.file("2.wav"))
        #expect(abs(twice.seconds - once.seconds - 4 * 60 / 112.0) < 1.1)
    }

    @Test func aFolderThatDoesNotExistIsSaidAndNothingIsLeft() throws {
        let error = #expect(throws: RenderingError.self) {
            try AudioRenderer(sampleRate: 8_000).render(Example.arrangement(bars: 1), to: folder.file("no/such.wav"))
        }
        #expect(error?.kind == .cannotWrite)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func aFileThatIsNoSoundFontIsSaid() throws {
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: folder.file("x.sf2")))
        let renderer = try AudioRenderer(soundFont: folder.file("x.sf2"))
        let error = #expect(throws: RenderingError.self) {
            try renderer.render(Example.silence, to: folder.file("x.wav"))
        }
        #expect(error?.kind == .badSoundFont)
    }
}

@Suite struct SoundFontTests {
    @Test func withoutASoundFontThePackagesAreNamed() {
        let error = #expect(throws: RenderingError.self) { try SoundFont.locate(among: ["/no/such.sf2"]) }
        #expect(error?.kind == .noSoundFont)
        #expect(error?.description.contains("fluid-soundfont-gm") == true)
        #expect(error?.description.contains("timgm6mb-soundfont") == true)
    }

    @Test func aSettingThatPointsNowhereIsAnError() {
        let error = #expect(throws: RenderingError.self) { try SoundFont.locate(preferred: "/no/such.sf2") }
        #expect(error?.kind == .badSoundFont)
    }
}

@Suite struct TimedMessagesTests {
    @Test func everyNoteThatBeginsEnds() {
        let messages = TimedMessages.of(Example.arrangement(swing: 0.66), includesMelody: true)
        var held: [String: Int] = [:]
        for timed in messages {
            switch timed.message.kind {
            case .noteOn(let channel, let pitch, _): held["\(channel.number) \(pitch)", default: 0] += 1
            case .noteOff(let channel, let pitch): held["\(channel.number) \(pitch)", default: 0] -= 1
            default: break
            }
            #expect(held.values.allSatisfy { (0...1).contains($0) })
        }
        #expect(held.values.allSatisfy { $0 == 0 })
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
    }

    @Test func grooveMovesOffBeatsAndMelodyTogether() {
        var arrangement = Example.silence
        arrangement.phrase = Phrase(
            notes: [note(60, 6, 6)], meter: .fourFour, tempo: Tempo(quartersPerMinute: 60)!, bars: 1)
        arrangement.accompaniment.parts = [.chords: [note(64, 6, 6)]]
        arrangement.accompaniment.groove = Groove(swing: 2.0 / 3)
        let starts = TimedMessages.of(arrangement, includesMelody: true).filter { $0.message.status & 0xF0 == 0x90 }
            .map(\.seconds)
        #expect(starts.count == 2)
        #expect(starts.allSatisfy { abs($0 - 2.0 / 3) < 0.001 })
    }

    @Test func aKeyStruckAgainWhileItSoundsIsEndedFirst() {
        var arrangement = Example.silence
        arrangement.accompaniment.parts = [.bass: [note(40, 0, 24), note(40, 12, 12), note(40, 12, 20)]]
        let statuses = TimedMessages.of(arrangement, includesMelody: false).filter {
            $0.message.channel == Part.bass.channel
        }
        .map { $0.message.status & 0xF0 }.filter { $0 == 0x90 || $0 == 0x80 }
        #expect(statuses == [0x90, 0x80, 0x90, 0x80])
    }
}

@Suite struct LoudnessMeterTests {
    /// EBU Tech 3341, test 1: a stereo sine of 1 kHz at -23 dB of full scale reads -23 LUFS.
    @Test(arguments: [44_100, 48_000])
    func aSineOfKnownLevelReadsItsLevel(rate: Int) throws {
        var meter = LoudnessMeter(sampleRate: rate)
        let amplitude = pow(10, -23.0 / 20)
        let samples = (0..<(rate * 5)).flatMap { frame -> [Float] in
            let value = Float(amplitude * sin(2 * Double.pi * 1000 * Double(frame) / Double(rate)))
            return [value, value]
        }
        meter.add(samples[...])
        #expect(abs(try #require(meter.loudness) + 23) < 0.1)
        #expect(abs(Double(meter.peak) - amplitude) < 0.001)
        #expect(abs(meter.rms - amplitude / 2.0.squareRoot()) < 0.001)
    }

    @Test func silenceHasNoLoudness() {
        var meter = LoudnessMeter(sampleRate: 8_000)
        meter.add([Float](repeating: 0, count: 16_000)[...])
        #expect(meter.loudness == nil)
    }
}

import CZlib
import Foundation
import Music
import Testing

@testable import Rendering

/// Reads a PNG file by the letter of the standard, without any code of the writer.
struct DecodedPNG {
    var width = 0
    var height = 0
    /// Red, green, blue.
    var pixels: [UInt8] = []
    var chunks: [String] = []

    init(_ file: [UInt8]) throws {
        try #require(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
        var position = 8
        var packed: [UInt8] = []
        func word(_ at: Int) -> Int { file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
        while position < file.count {
            let length = word(position)
            let name = String(decoding: file[(position + 4)..<(position + 8)], as: UTF8.self)
            let content = Array(file[(position + 4)..<(position + 8 + length)])
            let sum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
            try #require(Int(sum) == word(position + 8 + length), "the checksum of \(name)")
            chunks.append(name)
            if name == "IHDR" {
                (width, height) = (word(position + 8), word(position + 12))
                try #require(Array(content[12...]) == [8, 2, 0, 0, 0])
            }
            if name == "IDAT" { packed += content[4...] }
            position += 12 + length
        }
        var raw = [UInt8](repeating: 0, count: (width * 3 + 1) * height + 1)
        var size = uLongf(raw.count)
        try #require(uncompress(&raw, &size, packed, uLong(packed.count)) == Z_OK)
        try #require(Int(size) == raw.count - 1)
        pixels = [UInt8](repeating: 0, count: width * height * 3)
        for row in 0..<height {
            let start = row * (width * 3 + 1)
            try #require([0, 2].contains(raw[start]))
            for index in 0..<(width * 3) {
                let above = row > 0 && raw[start] == 2 ? pixels[(row - 1) * width * 3 + index] : 0
                pixels[row * width * 3 + index] = raw[start + 1 + index] &+ above
            }
        }
    }

    func color(_ x: Int, _ y: Int) -> [UInt8] { Array(pixels[(3 * (y * width + x))..<(3 * (y * width + x) + 3)]) }
}

@Suite struct PictureTests {
    @Test func thePNGIsWholeByTheStandard() throws {
        let picture = RollPicture(Example.arrangement(bars: 4))
        let file = try picture.png(scale: 1)
        let decoded = try DecodedPNG(file)
        #expect(decoded.chunks == ["IHDR", "IDAT", "IEND"])
        #expect(decoded.width == 1480)
        #expect(decoded.height == Int(picture.drawing().height.rounded()))
        #expect(decoded.color(1, 1) == [0xFC, 0xFB, 0xF8])
        if let place = ProcessInfo.processInfo.environment["CONTINUO_KEEP_PICTURES"] {
            for bars in [4, 8, 20] {
                let kept = RollPicture(Example.arrangement(bars: bars), title: "Take 12")
                try Data(try kept.png()).write(to: URL(fileURLWithPath: "\(place)/roll-\(bars).png"))
                try Data(kept.svg().utf8).write(to: URL(fileURLWithPath: "\(place)/roll-\(bars).svg"))
            }
        }
    }

    @Test func aMelodyNoteIsPaintedWhereItSounds() throws {
        let phrase = Phrase(notes: [note(60, 0, 48, 127)], meter: .fourFour, tempo: .moderate, bars: 1)
        var arrangement = Example.silence
        arrangement.phrase = phrase
        let picture = RollPicture(arrangement)
        let layout = RollLayout(arrangement)
        let y = layout.y(60, layout.systems[0]) + RollStyle.rowHeight / 2
        let x = layout.x(.steps(24), layout.systems[0]) + 20
        let decoded = try DecodedPNG(picture.png(scale: 1))
        #expect(decoded.color(Int(x), Int(y)) == [0xF2, 0x33, 0x3D])
        #expect(decoded.color(Int(x), Int(y) + 30) != [0xF2, 0x33, 0x3D])
    }

    @Test func theSVGNamesEveryPartAndChord() throws {
        let svg = RollPicture(Example.arrangement(), title: "A <take> & more").svg()
        for word in [
            "melody", "drums", "bass", "chords", "pad", "line", "Cmaj7", "Am7", "Fmaj7", "G7", "kick", "112 bpm",
        ] {
            #expect(svg.contains(">\(word)<") || svg.contains(word), "\(word)")
        }
        #expect(svg.contains("A &lt;take&gt; &amp; more"))
        #expect(XMLParserCheck(svg).isWellFormed)
    }

    @Test(arguments: [1, 8, 9, 20, 64])
    func everyBarIsDrawnOnceOnLinesOfEqualLength(bars: Int) {
        let layout = RollLayout(Example.arrangement(bars: bars))
        #expect(layout.systems.flatMap { Array($0.bars) } == Array(0..<bars))
        #expect(layout.systems.dropLast().allSatisfy { $0.bars.count == layout.systems[0].bars.count })
        #expect(layout.systems.allSatisfy { layout.right($0) <= RollStyle.width - RollStyle.margin + 0.01 })
    }

    @Test func anEmptyArrangementIsAPictureToo() throws {
        let decoded = try DecodedPNG(RollPicture(Example.silence).png(scale: 1))
        #expect(decoded.width > 0)
    }

    @Test func noPictureGrowsBeyondItsLimit() throws {
        let decoded = try DecodedPNG(RollPicture(Example.arrangement(bars: 64)).png(scale: 8, limit: 500_000))
        #expect(decoded.width * decoded.height <= 505_000)
    }

    @Test func theFontHasEveryLetterAndDigit() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#/-.,:()+·'"
        let box = StrokeFont.layout("\u{2603}", size: 10).strokes
        for letter in letters {
            let (strokes, width) = StrokeFont.layout(String(letter), size: 10)
            #expect(strokes != box && !strokes.isEmpty && width < 8, "\(letter)")
        }
    }
}

/// A small check of well-formed XML: every tag is closed in order and every ampersand begins an entity.
struct XMLParserCheck {
    let isWellFormed: Bool

    init(_ text: String) {
        var open: [Substring] = []
        var sound = true
        for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = piece.firstIndex(of: ">") else {
                sound = false
                break
            }
            let tag = piece[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter }
            if tag.hasPrefix("/") {
                sound = sound && open.popLast() == name
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
        }
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;"]
        let ampersands = text.indices.filter { text[$0] == "&" }
        isWellFormed =
            sound && open.isEmpty && ampersands.allSatisfy { at in entities.contains { text[at...].hasPrefix($0) } }
    }
}

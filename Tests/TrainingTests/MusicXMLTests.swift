import Foundation
import Music
import Testing

@testable import Training

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

/// A score of one or more parts in quarter-note divisions of 4; each part is a list of bars' inner XML.
private func score(_ parts: [[String]], names: [String] = ["Melody", "Bass"]) -> Data {
    let list = parts.indices.map { "<score-part id=\"P\($0)\"><part-name>\(names[$0])</part-name></score-part>" }
    let bodies = parts.enumerated().map { index, bars in
        "<part id=\"P\(index)\">" + bars.enumerated().map { "<measure number=\"\($0 + 1)\">\($1)</measure>" }.joined()
            + "</part>"
    }
    return Data(
        "<score-partwise><part-list>\(list.joined())</part-list>\(bodies.joined())</score-partwise>".utf8)
}

private func note(_ step: String, _ octave: Int, _ quarters: Double, _ more: String = "") -> String {
    "<note><pitch><step>\(step)</step><octave>\(octave)</octave></pitch><duration>\(Int(quarters * 4))</duration>\(more)</note>"
}

private let opening =
    "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"

private func songs(_ data: Data) throws -> [Song] {
    var report = ImportReport()
    return try MusicXMLReader.work(MusicXMLScore(xml: data), name: "test.xml").songs(&report)
}

@Suite struct MusicXMLReaderTests {
    private static func tune(_ name: String) throws -> [Song] {
        var report = ImportReport()
        return try MusicXMLReader.songs(file: fixtures.appending(path: name), name: name, report: &report)
    }

    @Test(arguments: ["auld-lang-syne.musicxml", "auld-lang-syne.mxl"])
    func aSongWithPianoIsReadPlainAndCompressed(name: String) throws {
        let song = try #require(try Self.tune(name).first)
        #expect(song.title == "Traditional: Auld Lang Syne")
        #expect(song.melody.meter == .fourFour)
        #expect(song.melody.bars == 9)
        #expect(song.tempo?.quartersPerMinute == 96)
        #expect(song.melody.key == Key(tonic: 5, mode: .major))
        // The pickup is filled up: it lies on the first bar's last beat.
        #expect(song.melody.notes.first?.onset == .steps(36))
        #expect(song.melody.notes.map(\.pitch.number).prefix(5) == [60, 65, 65, 65, 69])
        #expect(
            song.plan.chords.map(\.description).suffix(16).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                == ["F", "C7", "F", "Bb", "F", "C7", "Bb", "F"])
        #expect(song.parts[.bass]?.map(\.pitch.number).prefix(4) == [41, 48, 41, 46])
        #expect(song.parts[.chords]?.isEmpty == false)
    }

    @Test func tiesJoinNotesOverTheBarLine() throws {
        let first = opening + note("C", 5, 2) + note("E", 5, 2, "<tie type=\"start\"/>")
        let second = note("E", 5, 1, "<tie type=\"stop\"/>") + note("D", 5, 3)
        let rest = note("C", 5, 4)
        let song = try #require(try songs(score([[first, second, rest, rest]], names: ["Voice"])).first)
        #expect(song.melody.notes.map(\.length) == [24, 36, 36, 48, 48].map { Tick.steps($0) })
    }

    @Test func aTransposingInstrumentSoundsWhereItSounds() throws {
        let clarinet =
            opening + "<attributes><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>"
        let bars =
            [clarinet + note("D", 5, 2) + note("E", 5, 2)]
            + [String](repeating: note("D", 5, 2) + note("E", 5, 2), count: 3)
        let song = try #require(try songs(score([bars], names: ["Clarinet in Bb"])).first)
        #expect(Set(song.melody.notes.map(\.pitch.number)) == [72, 74])
    }

    @Test func backupWritesAnotherVoiceOverTheSameTime() throws {
        let bar =
            note("G", 5, 4) + "<backup><duration>16</duration></backup>" + note("C", 4, 2, "<voice>2</voice>")
            + note("E", 4, 2, "<voice>2</voice>")
        let song = try #require(try songs(score([[opening + bar, bar, bar, bar]], names: ["Organ"])).first)
        #expect(song.melody.notes.map(\.pitch.number) == [79, 79, 79, 79])
        #expect(song.melody.notes.allSatisfy { $0.length == .steps(48) })
        #expect(!song.parts.isEmpty)
    }

    @Test func graceAndCueNotesTakeNoTimeAndChordNotesSoundTogether() throws {
        let grace = "<note><grace/><pitch><step>A</step><octave>5</octave></pitch></note>"
        let chord =
            note("C", 5, 4)
            + "<note><chord/><pitch><step>E</step><octave>5</octave></pitch><duration>16</duration></note>"
        let song = try #require(
            try songs(score([[opening + grace + chord, chord, chord, chord]], names: ["Lead"])).first)
        #expect(song.melody.bars == 4)
        #expect(song.melody.notes.map(\.pitch.number) == [76, 76, 76, 76])
    }

    @Test func theNamedVoiceIsTheMelodyAndTheBassIsTheBass() throws {
        let high = [opening] + ["", "", ""]
        let flute = high.map { $0 + note("C", 6, 4) }
        let voice = high.map { $0 + note("E", 5, 2) + note("F", 5, 2) }
        let bass = high.map { $0 + note("C", 2, 4) }
        let song = try #require(try songs(score([flute, voice, bass], names: ["Flute", "Vocals", "Bass"])).first)
        #expect(Set(song.melody.notes.map(\.pitch.number)) == [76, 77])
        #expect(song.parts[.bass]?.map(\.pitch.number) == [36, 36, 36, 36])
    }

    @Test(arguments: [
        ("<score-partwise><part-list>", "XML is broken"),
        ("<html></html>", "no MusicXML score"), ("<score-timewise/>", "time-wise"),
        ("<score-partwise><part-list/></score-partwise>", "no notes"),
    ])
    func aFileThatIsNoScoreIsRefusedWithAReason(text: String, reason: String) {
        let error = #expect(throws: ImportFailure.self) { _ = try songs(Data(text.utf8)) }
        #expect(error?.description.contains(reason) == true)
    }
}

@Suite struct FolderReaderTests {
    private static func folder(_ files: [String: Data]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "continuo-\(UUID().uuidString)")
        for (name, data) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
        return folder
    }

    @Test func brokenFilesAreNamedAndTheOthersAreRead() throws {
        let tune = try Data(contentsOf: fixtures.appending(path: "auld-lang-syne.musicxml"))
        let folder = try Self.folder([
            "songs/good.musicxml": tune, "bad.xml": tune.prefix(3000), "bad.mxl": Data("no zip".utf8),
            "readme.txt": tune,
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        var report = ImportReport()
        let songs = try FolderReader.songs(in: folder, source: .musicxml, report: &report)
        #expect(songs.count == 1)
        #expect(songs.first?.tags == ["songs"])
        #expect(report.works[.musicxml] == 3)
        #expect(report.drops.map(\.name) == ["bad.mxl", "bad.xml"])
        #expect(report.drops.first?.reason == "it is no zip archive")
        #expect(report.drops.last?.reason.contains("XML is broken at line") == true)
    }

    @Test func theTableOfAFolderGoesFirst() throws {
        let tune = try Data(contentsOf: fixtures.appending(path: "auld-lang-syne.musicxml"))
        let table =
            "file,melody,tags,title,year,skip\na.musicxml,,Folk;Scots,\"Auld, Lang\",1788,\nb.musicxml,,,,,yes\n"
        let folder = try Self.folder(["a.musicxml": tune, "b.musicxml": tune, "continuo-data.csv": Data(table.utf8)])
        defer { try? FileManager.default.removeItem(at: folder) }
        var report = ImportReport()
        let songs = try FolderReader.songs(in: folder, source: .musicxml, report: &report)
        #expect(songs.map(\.title) == ["Auld, Lang"])
        #expect(songs.first?.tags == ["Folk", "Scots"])
        #expect(songs.first?.year == 1788)
        #expect(report.drops.map(\.name) == ["b.musicxml"])
    }

    @Test func aTableWithAnUnknownColumnIsRefused() throws {
        #expect(throws: ImportFailure.self) { try FolderTable("file,melodie\nx.mid,2") }
        #expect(throws: ImportFailure.self) { try FolderTable("file,parts\nx.mid,2=tuba") }
    }
}

import ArgumentParser
import Foundation
import MIDI
import Music
import Rendering
import Training

extension DataCommand {
    struct PreviewCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "preview", abstract: "Draw songs of a data set, to see what was understood of them.",
            discussion: """
                A picture a song with its melody, parts and chords, and sheet.png with all of them small. The same songs are drawn \
                for the same data set and filter: every so many of them, in the data set's order.

                """ + FilterHelp.text)

        @Argument(help: "The data set's folder.", completion: .directory) var dataset: String
        @Option(help: "Draw only songs that fit, such as 'metre:3/4 has:drums'.") var filter = ""
        @Option(name: [.customShort("n"), .long], help: "How many, at most.") var count = 12
        @Option(help: "The first bars of a song that are drawn, 4 to 64.") var bars = 16
        @Flag(help: "Write .svg files, and no sheet.") var svg = false
        @Option(help: "light or dark.") var theme = RollTheme.light
        @Option(name: .shortAndLong, help: "The folder to write them to.", completion: .directory) var output: String
        @Flag(help: "Print JSON.") var json = false

        /// A picture that was written, for programs.
        private struct Report: Encodable {
            var file: String
            /// Nil for the sheet of all.
            var song: String?
        }

        func validate() throws {
            guard (1...1_000).contains(count) else { throw ValidationError("--count is 1 to 1,000.") }
            guard (4...Phrase.maximumBars).contains(bars) else { throw ValidationError("--bars is 4 to 64.") }
            do { _ = try SongFilter(filter) } catch { throw ValidationError("\(error)") }
        }

        func run() throws {
            let songs = try SongFilter(filter).apply(readSongs(dataset).songs).songs
            guard !songs.isEmpty else { throw fail("\(dataset) has no song that fits \(filter)", ExitReason.badInput) }
            let step = Double(songs.count) / Double(min(count, songs.count))
            let chosen = (0..<min(count, songs.count)).map { songs[Int(Double($0) * step)] }
            do { try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true) } catch {
                throw fail("cannot write \(output): \(error.localizedDescription)", ExitReason.cannotWrite)
            }
            var pictures: [RollPicture] = []
            var reports: [Report] = []
            func tell(_ file: String, _ song: Song?) {
                reports.append(Report(file: file, song: song?.id))
                let name = URL(fileURLWithPath: file).lastPathComponent
                if !json { print("\(name)  \(song?.heading ?? "all of them")") }
            }
            for (index, song) in chosen.enumerated() {
                let picture = RollPicture(
                    song.excerpt(bars: 0..<min(bars, song.melody.bars)).arrangement, title: song.heading, theme: theme)
                let name = String(format: "%03d-", index + 1) + song.fileName + (svg ? ".svg" : ".png")
                let file = URL(fileURLWithPath: output).appendingPathComponent(name).path
                do { try writeFile(svg ? Array(picture.svg().utf8) : try picture.png(scale: 1), to: file) } catch let
                    error as RenderingError
                {
                    throw fail(error)
                }
                tell(file, song)
                pictures.append(picture)
            }
            if !svg, pictures.count > 1 {
                let sheet = URL(fileURLWithPath: output).appendingPathComponent("sheet.png").path
                do { try writeFile(try RollSheet(pictures).png(), to: sheet) } catch let error as RenderingError {
                    throw fail(error)
                }
                tell(sheet, nil)
            }
            if json { try printJSON(reports) }
        }
    }
}

extension Song {
    /// What stands above its picture.
    fileprivate var heading: String {
        let section = section > 0 ? ", part \(section + 1)" : ""
        return title + section
    }

    /// Letters and digits of the end of its title.
    fileprivate var fileName: String {
        let words = title.split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
        return String(words.suffix(48)) + "-\(section + 1)"
    }

    /// As a band plays it; the genre says where the song is from.
    fileprivate var arrangement: Arrangement {
        let known = label.genre ?? label.guess.map { "perhaps-\($0)" } ?? source.rawValue
        return Arrangement(
            phrase: melody,
            accompaniment: Accompaniment(
                genre: Genre(rawValue: known) ?? Genre(rawValue: source.rawValue) ?? .pop, parts: parts, plan: plan,
                instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: .straight,
                provenance: .init(seed: 0, accompanist: "data set", modelHash: "", instructionSet: "", temperature: 0)))
    }
}

import ArgumentParser
import ConsoleAPI
import Foundation
import Generation
import Installation
import Music
import Rendering
import StandardMIDIFile
import Training

struct LessonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lesson",
        abstract: "Show how a GAN makes music: bands from early to late in training, and the discriminator's verdict.",
        discussion: """
            continuo lesson ode-to-joy --step 1240 -o early.png    what the generator made of it when it was young
            continuo lesson ode-to-joy --by arranger               what it was shown as real
            continuo lesson ode-to-joy --shift 2                   the same seed, its style moved along the noise

            A melody is the name of one that comes with Continuo, or a MIDI file. What is shown comes from a run that was \
            kept at some moments ("continuo train --learn FOLDER" keeps another; --bundle names it).
            """)

    @Argument(help: "The name of an example melody, or a MIDI file.") var melody: String
    @Option(
        help: "Who writes the band: network, arranger (taught as real), stranger (the arranger a semitone too high).")
    var by = LessonRequest.Author.network
    @Option(help: "The generator after so many steps; without it, at the end.") var step: Int?
    @Option(help: "Another seed is another style.") var seed: UInt64 = 1
    @Option(help: "How far the style is moved along a drawn direction, -4 to 4 standard deviations.") var shift = 0.0
    @Option(help: "The folder that \"continuo train --learn\" wrote.", completion: .directory) var bundle: String?
    @Option(
        name: .shortAndLong, help: "Write the band: .mid, .png, .wav, .flac, .ogg, .mp3, or .json with the verdict.",
        completion: .file())
    var output: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard abs(shift) <= 4 else { throw ValidationError("--shift is -4 to 4.") }
    }

    func run() throws {
        let bundle = try bundle ?? Places.ofThisProgram.lessons.first.map(\.path) ?? missing()
        let phrase = try readMelody(try file(of: melody), .automatic).phrase
        let (band, made) = try band(for: phrase, bundle: bundle)
        let judge: Discriminator
        do { judge = try Discriminator(bytes: [UInt8](read("\(bundle)/discriminator.safetensors"))) } catch {
            throw fail("cannot use \(bundle)/discriminator.safetensors: \(error)", ExitReason.badInput)
        }
        let verdicts = judge.verdicts(on: band, for: phrase)
        let arrangement = Arrangement(phrase: phrase, accompaniment: band)
        let report = LessonBandReport(
            band: ArrangementReport(
                id: 0, takeID: 0, savedAt: Date(timeIntervalSince1970: 0), arrangement: arrangement),
            author: by, step: made, verdicts: verdicts)
        if let output { try write(arrangement, report, to: output) }
        if json { return try printJSON(report) }
        let writer = made.map { "the generator after \($0) steps" } ?? (by == .arranger ? "the arranger" : "a stranger")
        print("\(melody), by \(writer): the discriminator's verdict is \(text(mean(verdicts))) (high is real)")
        for (bar, verdict) in verdicts.enumerated() {
            let length = Int((min(1, max(-1, verdict)) * 20).rounded())
            let left =
                String(repeating: " ", count: 20 + min(0, length)) + String(repeating: "▒", count: max(0, -length))
            print(
                String(format: "%4d ", bar + 1) + left + "|" + String(repeating: "█", count: max(0, length)) + " "
                    + text(verdict))
        }
    }

    private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(max(1, numbers.count)) }
    private func text(_ number: Double) -> String { String(format: "%.2f", number) }

    private func missing() throws -> String {
        throw fail(
            "there is no run to learn from; \"continuo train --learn FOLDER\" keeps one, --bundle names it",
            ExitReason.noInput)
    }

    private func read(_ path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw fail("cannot read \(path)", ExitReason.noInput)
        }
        return data
    }

    private func file(of name: String) throws -> String {
        if FileManager.default.fileExists(atPath: name) { return name }
        let places = Places.ofThisProgram.melodies.map { "\($0)/\(name).mid" }
        guard !name.contains("/"), let found = places.first(where: FileManager.default.fileExists) else {
            throw fail("there is no melody \"\(name)\", and no such file", ExitReason.noInput)
        }
        return found
    }

    private func band(for phrase: Phrase, bundle: String) throws -> (Accompaniment, step: Int?) {
        let request = AccompanimentRequest(seed: seed, temperature: 0)
        switch by {
        case .network:
            let steps = Lesson(path: bundle).steps
            guard let chosen = step ?? steps.last, steps.contains(chosen) else {
                let known = steps.map(String.init).joined(separator: ", ")
                throw fail(
                    "the generator was not kept after step \(step ?? 0); it was after \(known)", ExitReason.noInput)
            }
            let path = "\(bundle)/step-\(chosen).safetensors"
            do {
                let model = try GenreModel(bytes: [UInt8](read(path)))
                var settings = NetworkAccompanist.Settings(model.card.manner)
                settings.styleShift = Float(shift)
                return (
                    NetworkAccompanist(model: model, settings: settings).accompany(phrase, request: request), chosen
                )
            } catch let error as GenreModelError { throw fail("cannot use \(path): \(error)", ExitReason.badInput) }
        case .arranger, .stranger:
            let genre = Lesson(path: bundle).genre
            var band = ArrangerAccompanist(style: .fallback(for: genre)).accompany(phrase, request: request)
            if by == .stranger {
                for (part, notes) in band.parts where part != .drums {
                    band.parts[part] = notes.map { note in
                        var moved = note
                        moved.pitch = note.pitch.movedAndFolded(by: 1)
                        return moved
                    }
                }
            }
            return (band, nil)
        }
    }

    private func write(_ arrangement: Arrangement, _ report: LessonBandReport, to path: String) throws {
        let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
        do {
            switch suffix {
            case "mid": try writeFile(MIDIFile(arrangement: arrangement).bytes, to: path)
            case "png":
                let title = report.step.map { "\(melody), step \($0)" } ?? "\(melody), \(by.rawValue)"
                try writeFile(try RollPicture(arrangement, title: title).png(scale: 1), to: path)
            case "json": try writeFile(try APICoding.encode(report), to: path)
            case "wav", "flac", "ogg", "mp3": _ = try AudioRenderer().render(arrangement, to: path)
            default:
                throw fail(
                    "cannot write \(path): the name ends with .mid, .png, .json, .wav, .flac, .ogg or .mp3",
                    ExitReason.badInput)
            }
        } catch let error as RenderingError { throw fail(error) }
    }
}

extension LessonRequest.Author: ExpressibleByArgument {}

import ArgumentParser
import Capture
import Evaluation
import Foundation
import Music
import StandardMIDIFile

struct EvaluateCaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Measure how tempo, metre and bar line of free playing are read, and how the last phrase is found.",
        discussion: """
            continuo evaluate capture MELODIES                   a model of a person plays each melody without a click
            continuo evaluate capture --performances RECORDINGS  what people played, where the file tells its tempo

            MELODIES and RECORDINGS are MIDI files, or folders of them. The exit code is 1 where a gate is missed; \
            recordings have no gates. How the model plays is told in docs/evaluation.md.
            """)

    @Argument(help: "MIDI files, or folders of them.", completion: .file(extensions: ["mid", "midi"])) var paths:
        [String] = []
    @Flag(help: "The files are performances, not melodies to be performed.") var performances = false
    @Option(help: "Which takes are played: those of two seeds have nothing in common.") var seed: UInt64 = 1
    @Option(help: "How often each melody is played.") var takesPerMelody = 3
    @Option(help: "How many seconds of a performance are read.") var seconds = 40.0
    @Option(help: "File to write every take to.", completion: .file(extensions: ["json"])) var json: String?

    func validate() throws {
        guard (1...1000).contains(takesPerMelody) else { throw ValidationError("--takes-per-melody is 1 to 1000.") }
        guard seconds.isFinite, seconds > 0 else { throw ValidationError("--seconds is more than 0.") }
    }

    func run() throws {
        guard !paths.isEmpty else {
            print(Continuo.helpMessage(for: Self.self))
            throw ExitCode.validationFailure
        }
        var report = CaptureReport(kind: performances ? .performances(seconds) : .model(seed: seed))
        var melodies: [Melody] = []
        for file in try files() {
            do {
                let midi = try EvaluationFiles.read(file)
                if performances {
                    read(midi, file.name, &report)
                } else {
                    melodies.append(try play(midi, file, &report))
                }
                report.files += 1
            } catch let problem as EvaluationFiles.Problem {
                note("\(file.path): \(problem.reason); left out.")
                report.skipped.append(problem)
            }
        }
        sit(melodies, &report)
        guard report.files > 0 else { throw fail("none of the files can be used", ExitReason.badInput) }
        print(report.lines.joined(separator: "\n"))
        if let json { try writeFile(try report.json(), to: json) }
        // What is good to have is reported and fails nothing.
        if report.gates.contains(where: { !$0.isPassed && $0.level == .must }) { throw ExitCode(1) }
    }

    private func files() throws -> [EvaluationFiles.File] {
        try paths.flatMap { path in
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                return try EvaluationFiles.midiFiles(in: path)
            }
            guard FileManager.default.fileExists(atPath: path) else {
                throw fail("cannot read \(path): there is no such file or folder", ExitReason.noInput)
            }
            return [
                EvaluationFiles.File(
                    name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, path: path)
            ]
        }
    }

    private struct Melody {
        var name: String
        var phrase: Phrase
    }

    /// The model plays each melody behind the two before it, several times, and the last phrases are looked for.
    private func sit(_ melodies: [Melody], _ report: inout CaptureReport) {
        for (number, melody) in melodies.enumerated() {
            let inARow = (-2...0).map { melodies[(number + $0 + 2 * melodies.count) % melodies.count].phrase }
            for take in 0..<takesPerMelody {
                let seed = PerformanceModel.seed(seed, melody: number, take: take)
                guard let session = SessionModel().play(inARow, seed: seed) else { continue }
                let found = PhraseFinder().phrases(in: session.notes, now: session.now)
                report.phrases.append(PhraseVerdict(name: melody.name, session: session, found: found))
            }
        }
    }

    /// The model plays a melody several times, and each take is read.
    private func play(_ midi: MIDIFile, _ file: EvaluationFiles.File, _ report: inout CaptureReport) throws -> Melody {
        let phrase: Phrase
        do { phrase = try MelodyFinder(midi).melody().phrase } catch {
            throw EvaluationFiles.Problem(name: file.name, reason: "\(error)")
        }
        guard MeterClass(phrase.meter) != nil else {
            throw EvaluationFiles.Problem(name: file.name, reason: "its metre \(phrase.meter) is not measured")
        }
        for number in 0..<takesPerMelody {
            let seed = PerformanceModel.seed(seed, melody: report.files, take: number)
            guard let take = PerformanceModel().perform(phrase, seed: seed) else {
                throw EvaluationFiles.Problem(name: file.name, reason: "it has no notes")
            }
            let (answer, cost) = heard(take.notes)
            report.verdicts.append(
                CaptureVerdict(name: file.name, truth: take.truth, answer: answer, cost: cost))
        }
        return Melody(name: file.name, phrase: phrase)
    }

    /// A recording is read as it is.
    private func read(_ midi: MIDIFile, _ name: String, _ report: inout CaptureReport) {
        let recording = RecordedPerformance(midi, seconds: seconds)
        let (answer, cost) = heard(recording.notes)
        if let truth = recording.truth {
            report.verdicts.append(CaptureVerdict(name: name, truth: truth, answer: answer, cost: cost))
        }
        report.readings.append(
            CaptureReport.Reading(name: name, answer: answer, truth: recording.truth, reason: recording.reason))
    }

    private func heard(_ notes: [PerformedNote]) -> (CaptureAnswer?, seconds: Double) {
        let clock = ContinuousClock()
        let begin = clock.now
        let reading = TimeReader.read(notes)
        let cost = (clock.now - begin) / .seconds(1)
        return (
            reading.map {
                CaptureAnswer(tempo: $0.tempo, latestTempo: $0.latestTempo, meter: $0.meter, downbeat: $0.downbeat)
            }, cost
        )
    }
}

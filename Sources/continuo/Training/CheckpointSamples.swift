import ArgumentParser
import Evaluation
import Foundation
import Generation
import Music
import Rendering
import StandardMIDIFile
import Training

/// What is kept of held-out bands at each checkpoint.
enum SampleKind: String, ExpressibleByArgument, CaseIterable { case none, pictures, audio }

/// The bands of a run for a few held-out melodies: measured, and the first of them kept at each checkpoint as MIDI, picture and sound.
final class CheckpointSamples {
    /// Melodies that are measured, and of those the ones that are kept.
    static let melodies = 8
    static let samples = 2
    /// Columns of `heldout.csv`: those of `Metric.all` that say most, and what only several bands show.
    static let metrics =
        ["score", "chordToneRatio", "semitoneClash", "inKey", "conditioningGap", "distinctBars", "groove"]
        + ["changedBySeed", "silentBars"]

    private let phrases: [Phrase]
    private let style: ArrangerStyle
    private let manner: GenreModel.Card.Manner
    private let folder: URL
    private var kind: SampleKind
    private var model: (step: Int, player: NetworkAccompanist)?

    /// - Parameters:
    ///   - songs: both sides of the split; melodies are of the test side, or of the validation side where that has none.
    ///   - kind: nil is audio where there are instruments to play with, otherwise pictures.
    init(songs: [Song], style: ArrangerStyle, manner: GenreModel.Card.Manner, folder: URL, kind: SampleKind?) {
        phrases = Self.alike(MelodyList.heldOut(songs, count: 10 * Self.melodies).map(\.phrase))
        self.style = style
        self.manner = manner
        self.folder = folder
        if kind == nil || kind == .audio, (try? AudioRenderer()) == nil {
            note("no SoundFont is installed: samples of checkpoints are pictures and MIDI files, without sound")
            self.kind = .pictures
        } else {
            self.kind = kind ?? .audio
        }
        if phrases.isEmpty { note("no held-out song has a melody of eight bars: bands are not measured, no samples") }
    }

    /// As many melodies as are measured, of one metre where there are so many: the conditioning gap exchanges melodies of a metre, and
    /// says little where each has only one to be exchanged with.
    private static func alike(_ phrases: [Phrase]) -> [Phrase] {
        let groups = Dictionary(grouping: phrases.indices, by: { phrases[$0].meter })
        let largest = groups.values.max { ($0.count, $1[0]) < ($1.count, $0[0]) } ?? []
        let others = phrases.indices.filter { !largest.contains($0) }
        return (largest + others).prefix(melodies).map { phrases[$0] }
    }

    private func player(_ trainer: GANTrainer) throws -> NetworkAccompanist {
        if let model, model.step == trainer.step { return model.player }
        // A few styles are enough to hear, and take little time.
        let bytes = trainer.model(
            instrumentation: style.instrumentation(seed: 0), groove: style.groove, manner: manner, notes: [:],
            styles: 32)
        let player = NetworkAccompanist(model: try GenreModel(bytes: bytes))
        model = (trainer.step, player)
        return player
    }

    private func band(_ player: NetworkAccompanist, _ index: Int, seed: UInt64) -> Arrangement {
        let request = AccompanimentRequest(seed: UInt64(index) &* 1_000 &+ seed, temperature: 0.3)
        return Arrangement(
            phrase: phrases[index], accompaniment: player.accompany(phrases[index], request: request))
    }

    /// The metrics of the bands as they are now; empty without melodies.
    func measure(_ trainer: GANTrainer) throws -> [String: Double] {
        guard !phrases.isEmpty else { return [:] }
        let player = try player(trainer)
        var pieces: [EvaluatedPiece] = []
        var changes: [Double] = []
        var silent = 0
        var bars = 0
        for index in phrases.indices {
            let own = band(player, index, seed: 1)
            silent += Self.silentBars(own.accompaniment, of: phrases[index])
            bars += phrases[index].bars
            // A band without a note is no piece to measure.
            guard let piece = try? EvaluatedPiece(name: "\(index)", melody: MIDIFile(arrangement: own)) else {
                continue
            }
            pieces.append(piece)
            // Half of the melodies are enough to see whether the seed matters.
            if index % 2 == 0,
                let other = try? EvaluatedPiece(
                    name: "\(index)", melody: MIDIFile(arrangement: band(player, index, seed: 2)))
            {
                NoteDifference.share(piece, other).map { changes.append($0) }
            }
        }
        let set = SetMetrics(pieces)
        var measured: [String: Double] = [:]
        for metric in Metric.all where Self.metrics.contains(metric.name) { measured[metric.name] = metric.value(set) }
        if !changes.isEmpty { measured["changedBySeed"] = changes.reduce(0, +) / Double(changes.count) }
        measured["silentBars"] = Double(silent) / Double(max(1, bars))
        return measured.filter { $0.value.isFinite }
    }

    /// Bars in which fewer than two parts sound.
    private static func silentBars(_ accompaniment: Accompaniment, of phrase: Phrase) -> Int {
        let bar = phrase.meter.bar
        return (0..<phrase.bars).count { index in
            let start = bar * index
            let end = bar * (index + 1)
            let sounding = accompaniment.parts.values.count { notes in
                notes.contains { $0.onset < end && $0.onset + $0.length > start }
            }
            return sounding < 2
        }
    }

    /// Writes the samples of a checkpoint to `checkpoints/STEP` and removes folders that are too many.
    ///
    /// What cannot be written is said and costs no step of the run.
    func keep(_ trainer: GANTrainer) throws {
        guard kind != .none, !phrases.isEmpty, trainer.stage != .plan else { return }
        let player = try player(trainer)
        let place = folder.appendingPathComponent("\(trainer.step)")
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for index in phrases.indices.prefix(Self.samples) {
                let band = band(player, index, seed: 1)
                let base = place.appendingPathComponent("melody-\(index + 1)")
                try Data(MIDIFile(arrangement: band).bytes).write(to: base.appendingPathExtension("mid"))
                let picture = RollPicture(band, title: "melody \(index + 1), step \(trainer.step)")
                try Data(try picture.png(scale: 1)).write(to: base.appendingPathExtension("png"))
                if kind == .audio, index == 0 {
                    _ = try AudioRenderer().render(band, to: base.appendingPathExtension("ogg").path)
                }
            }
        } catch {
            note("cannot keep samples of step \(trainer.step): \(error); without them from here on")
            kind = .none
        }
        CheckpointFolders.tidy(folder)
    }

    /// Held-out metrics beside people's figures, for a person.
    static func figures(_ row: HeldOut.Row) -> [TrainingView.Figure] {
        let shown = ["score", "chordToneRatio", "semitoneClash", "conditioningGap", "distinctBars"]
        return Metric.all.compactMap { metric in
            guard shown.contains(metric.name), let value = row.metrics[metric.name] else { return nil }
            let human = metric.references.human
            let people = human.min().flatMap { low in human.max().map { low...$0 } }
            return TrainingView.Figure(title: metric.title, value: value, people: people)
        }
    }
}

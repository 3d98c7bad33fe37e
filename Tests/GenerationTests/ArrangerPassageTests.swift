import Music
import Testing

@testable import Generation

/// What the band plays alone: introductions and fills; and the jazz band's manners.
struct ArrangerPassageTests {
    private static let genres = ArrangerStyle.all.map(\.genre)

    private func everyone(ending: Bool = false) -> Arranger.Options {
        Arranger.Options(parts: Set(Part.allCases), ending: ending)
    }

    @Test(arguments: ArrangerTune.all, genres)
    func anIntroductionLeadsIntoThePhrase(tune: ArrangerTune, genre: Genre) throws {
        let arranger = Arranger(style: .standard(for: genre)!)
        for bars in [1, 2, 4] {
            let passage = arranger.introduction(
                bars: bars, to: tune.phrase, plan: tune.plan, seed: 3, options: everyone())
            let length = tune.phrase.meter.bar * bars
            #expect(passage.parts.values.joined().allSatisfy { $0.onset >= .zero && $0.end <= length })
            #expect(passage.parts[.drums]?.isEmpty == false && passage.parts[.chords]?.isEmpty == false)
            // It ends on the dominant of the phrase's key.
            let key = Chart.key(of: tune.phrase, plan: tune.plan)
            let last = try #require(passage.plan.chords.last)
            #expect([.major, .seventh].map { Chord(root: key.tonic + 7, quality: $0) }.contains(last))
            #expect(passage.bars == bars)
        }
    }

    @Test func anIntroductionOfFourBarsGathersStrength() {
        let tune = ArrangerTune.auraLee
        let passage = Arranger().introduction(bars: 4, to: tune.phrase, plan: tune.plan, seed: 3, options: everyone())
        let hits = (0..<4).map { bar in
            passage.parts[.drums]!.filter { $0.onset.rawValue / 1920 == bar }.map(\.velocity.number).reduce(0, +)
        }
        #expect(hits[0] < hits[3])
    }

    @Test(arguments: genres, [1, 2, 4])
    func aFillOnDemandHasTheBeatsAskedFor(genre: Genre, beats: Int) {
        let passage = Arranger(style: .standard(for: genre)!).fill(
            beats: beats, chord: Chord(root: 7, quality: .seventh), meter: .fourFour, tempo: .moderate, seed: 5,
            options: everyone())
        let start = Tick.steps(48 - 12 * beats)
        let drums = passage.parts[.drums]!
        #expect(drums.contains { $0.onset >= start && [36, 37, 38, 45, 50].contains($0.pitch.number) })
        #expect(passage.parts.values.joined().allSatisfy { $0.end <= .steps(48) })
        #expect(passage.parts[.bass]?.isEmpty == false)
    }

    @Test(arguments: ["4/4", "3/4", "2/4", "6/8", "7/8", "12/8"])
    func everyMetreHasIntroductionsAndFills(meter: String) {
        let meter = Meter(meter)!
        let phrase = Phrase(notes: [], meter: meter, tempo: .moderate, bars: 4)
        let plan = ChordPlan(window: meter.harmonyWindow, chords: [Chord(root: 0, quality: .major)])
        for style in ArrangerStyle.all {
            let introduction = Arranger(style: style).introduction(bars: 2, to: phrase, plan: plan, seed: 1)
            let fill = Arranger(style: style).fill(beats: 4, chord: nil, meter: meter, tempo: .moderate, seed: 1)
            #expect(introduction.parts[.drums]?.isEmpty == false)
            #expect(Array(fill.parts.keys) == [.drums])
            #expect(fill.parts[.drums]!.allSatisfy { $0.end <= meter.bar })
        }
    }

    @Test(arguments: ArrangerTune.all, genres)
    func anEndingIsStruckTogetherUnderACymbal(tune: ArrangerTune, genre: Genre) {
        let parts = Arranger(style: .standard(for: genre)!).arrange(
            tune.phrase, plan: tune.plan, seed: 2, options: everyone(ending: true))
        let last = parts[.bass]!.last!.onset
        #expect(parts[.chords]!.last!.onset == last)
        // A soft ending of the orchestra has no cymbal, but its timpani.
        let marks = genre == .symphony ? Set(41...53).union([57, 59]) : [49, 51]
        #expect(parts[.drums]!.contains { $0.onset == last && marks.contains($0.pitch.number) })
        #expect(parts[.pad]!.contains { $0.onset == last })
        #expect(parts[.line]!.allSatisfy { $0.onset <= last })
    }

    @Test func everyStyleIsFoundByItsGenre() {
        #expect(ArrangerStyle.standard(for: .jazz)?.genre == .jazz)
        #expect(ArrangerStyle.standard(for: .pop)?.genre == .pop)
        #expect(ArrangerStyle.standard(for: Genre(rawValue: "polka")!) == nil)
        #expect(Set(ArrangerStyle.all.map(\.genre)).count == ArrangerStyle.all.count)
    }

    @Test(arguments: [ArrangerTune.odeToJoy, .auraLee])
    func theJazzBassWalks(tune: ArrangerTune) {
        let bass = Arranger(style: .jazz).arrange(
            tune.phrase, plan: tune.plan, seed: 1, options: Arranger.Options(parts: [.bass], energy: 2))[.bass]!
        let onBeats = bass.filter { $0.onset.rawValue % Tick.perQuarter == 0 }
        #expect(Double(bass.count) >= 2.5 * Double(tune.phrase.bars))
        #expect(Double(onBeats.count) >= 0.75 * Double(bass.count))
        let steps = zip(bass, bass.dropFirst()).filter { abs($0.pitch.number - $1.pitch.number) <= 2 }
        #expect(Double(steps.count) >= 0.35 * Double(bass.count))
    }

    @Test(arguments: ArrangerTune.all)
    func jazzLeavesTheOffBeatsToTheSwing(tune: ArrangerTune) {
        let parts = Arranger(style: .jazz).arrange(tune.phrase, plan: tune.plan, seed: 1, options: everyone())
        let off = parts[.drums]!.filter { $0.onset.nearestStep % 3 == 0 && $0.onset.nearestStep % 6 != 0 }
        #expect(off.isEmpty)
        #expect(ArrangerStyle.jazz.groove.swing > 0.6)
    }
}

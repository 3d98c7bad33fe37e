import Music
import Testing

@testable import Generation

/// The band's manners: it is as loud as the melody and keeps out of its way.
struct MannersTests {
    private static let players = RequestTests.players.filter { $0.description != "network" }

    private func phrase(_ semitones: Int = 0, velocity: (Int) -> Int) -> Phrase {
        let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 60]
        return Phrase(
            notes: pitches.enumerated().map {
                NoteEvent(
                    pitch: Pitch($1 + semitones), onset: .steps($0 * 12), length: .steps(12),
                    velocity: Velocity(velocity($0)))
            }, meter: .fourFour, tempo: .moderate, bars: 4)
    }

    private func mean(_ notes: [NoteEvent]) -> Double {
        Double(notes.map(\.velocity.number).reduce(0, +)) / Double(notes.count)
    }

    @Test(arguments: players)
    func aLoudMelodyHasALoudBand(player: RequestTests.Player) throws {
        let accompanist = try player.make()
        let soft = accompanist.accompany(phrase { _ in 40 }, request: .init(seed: 1))
        let loud = accompanist.accompany(phrase { _ in 110 }, request: .init(seed: 1))
        for part in Part.allCases {
            let (a, b) = (soft.parts[part] ?? [], loud.parts[part] ?? [])
            if a.isEmpty || b.isEmpty { continue }
            #expect(mean(b) - mean(a) >= 15, "\(part)")
        }
    }

    @Test(arguments: players)
    func aCrescendoOfTheMelodyIsOneOfTheBand(player: RequestTests.Player) throws {
        let answer = try player.make().accompany(phrase { 40 + $0 * 5 }, request: .init(seed: 1))
        let notes = answer.parts.values.joined()
        let bars = (0..<4).map { bar in mean(notes.filter { $0.onset.rawValue / 1920 == bar }) }
        #expect(bars[3] - bars[0] >= 10, "\(bars)")
        #expect(bars[2] > bars[0])
    }

    @Test(arguments: players)
    func aLowMelodyHasTheBassBelowAndTheChordsAbove(player: RequestTests.Player) throws {
        let low = phrase(-14) { _ in 80 }
        let answer = try player.make().accompany(low, request: .init(seed: 1))
        let top = low.notes.map(\.pitch).max()!
        let bottom = low.notes.map(\.pitch).min()!
        #expect(answer.parts[.bass]!.filter { $0.pitch >= bottom }.count * 10 <= answer.parts[.bass]!.count)
        for part in [Part.pad, .chords] {
            let notes = answer.parts[part] ?? []
            // Horns go no higher than they play well.
            let share = player.description == "symphony" ? 2 : 5
            #expect(notes.filter { $0.pitch <= top }.count * share <= notes.count, "\(part)")
        }
    }

    @Test func aMelodyInItsUsualPlaceMovesNobody() {
        let room = MelodyRoom(phrase { _ in 80 }.notes)!
        #expect(room.bass(28...52) == 28...52)
        #expect(room.chords(45...76) == 45...76)
        #expect(MelodyRoom([]) == nil)
    }

    @Test func roomIsMadeAroundALowMelody() {
        let room = MelodyRoom(phrase(-14) { _ in 80 }.notes)!
        #expect(room.low == 46 && room.high == 53)
        #expect(room.bass(28...52) == 28...43)
        #expect(room.chords(45...76) == 56...76)
        // An octave stays for the bass, and room for a chord, wherever the melody is.
        let lowest = MelodyRoom(phrase(-60) { _ in 80 }.notes)!
        #expect(lowest.bass(28...52) == 28...40)
        #expect(room.chords(45...60) == 46...60)
    }
}

import Music
import Testing

@Suite struct TickTests {
    @Test(arguments: [
        (0, 0), (19, 0), (20, 1), (40, 1), (59, 1), (60, 2), (-1, 0), (-20, 0), (-21, -1), (-40, -1), (-60, -1),
        (-61, -2),
    ])
    func theNearestStepRoundsHalvesUp(tick: Int, step: Int) {
        #expect(Tick(tick).nearestStep == step)
    }

    @Test(arguments: -100...100)
    func wholeStepsAreTheirOwnNearestStep(step: Int) {
        #expect(Tick.steps(step).nearestStep == step)
    }

    @Test func quartersRoundToTheNearestTick() {
        #expect(Tick.quarters(1.0 / 3) == Tick(160))
        #expect(Tick.quarters(-0.5) == Tick(-240))
        #expect(Tick(720).quarters == 1.5)
    }

    @Test func aStepDividesAQuarterEvenly() {
        #expect(Grid.ticksPerStep * Grid.stepsPerQuarter == Tick.perQuarter)
    }
}

@Suite struct MeterTests {
    struct Row: Sendable {
        let text: String
        let bar: Int
        let steps: Int
        let beat: Int
        let beats: Int
        let compound: Bool
        let window: Int
    }

    @Test(arguments: [
        Row(text: "4/4", bar: 1920, steps: 48, beat: 480, beats: 4, compound: false, window: 960),
        Row(text: "3/4", bar: 1440, steps: 36, beat: 480, beats: 3, compound: false, window: 1440),
        Row(text: "6/8", bar: 1440, steps: 36, beat: 720, beats: 2, compound: true, window: 1440),
        Row(text: "2/4", bar: 960, steps: 24, beat: 480, beats: 2, compound: false, window: 960),
        Row(text: "12/8", bar: 2880, steps: 72, beat: 720, beats: 4, compound: true, window: 1440),
        Row(text: "2/2", bar: 1920, steps: 48, beat: 960, beats: 2, compound: false, window: 960),
        Row(text: "7/8", bar: 1680, steps: 42, beat: 240, beats: 7, compound: false, window: 1680),
        Row(text: "3/8", bar: 720, steps: 18, beat: 240, beats: 3, compound: false, window: 720),
    ])
    func aMeterKnowsItsBarAndBeat(_ row: Row) throws {
        let meter = try #require(Meter(row.text))
        #expect(meter.bar == Tick(row.bar))
        #expect(meter.stepsPerBar == row.steps)
        #expect(meter.beat == Tick(row.beat))
        #expect(meter.beatsPerBar == row.beats)
        #expect(meter.isCompound == row.compound)
        #expect(meter.harmonyWindow == Tick(row.window))
        #expect(meter.description == row.text)
    }

    @Test(arguments: ["", "4", "4/", "/4", "4/3", "0/4", "33/4", "4/4/4", "a/4", "-3/4", "4/64"])
    func whatIsNoMeterIsRefused(text: String) {
        #expect(Meter(text) == nil)
    }
}

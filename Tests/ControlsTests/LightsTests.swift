import Controls
import Music
import TestSupport
import Testing

@Suite struct LightsTests {
    private static let red: [UInt8] = [0xB0, 117, 127]
    private static let redOff: [UInt8] = [0xB0, 117, 0]
    private static let green: [UInt8] = [0x90, 0x5E, 127]
    private static let greenOff: [UInt8] = [0x80, 0x5E, 0]

    private static func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    /// A red and a green light, and the pads of two genres.
    private static let plain = Lights(
        states: [
            .armed: [red], .recording: [red], .playing: [green], .generating: [green], .damaged: [red, green],
        ],
        off: [redOff, greenOff],
        buttons: [
            (.genre(1), ButtonLight(on: [0x99, 36, 5], off: [0x99, 36, 0])),
            (.genre(2), ButtonLight(on: [0x99, 37, 5], off: [0x99, 37, 0])),
        ])

    @Test func aStateShowsItsLightsAndPutsOutTheOthers() {
        var lights = LightsTests.plain
        // Nobody knows what a keyboard shows at first.
        let dark: [[UInt8]] = [[0x99, 36, 0], [0x99, 37, 0]]
        #expect(lights.show(.recording, at: .zero) == [LightsTests.red, LightsTests.greenOff] + dark)
        #expect(lights.show(.playing, at: .zero) == [LightsTests.redOff, LightsTests.green])
        #expect(lights.show(.idle, at: .zero) == [LightsTests.greenOff])
        #expect(lights.nextDeadline == nil)
    }

    @Test func nothingIsSentWhereNothingChanges() {
        var lights = LightsTests.plain
        _ = lights.show(.recording, at: .zero)
        #expect(lights.show(.recording, at: LightsTests.at(10)).isEmpty)
        #expect(lights.pass(to: LightsTests.at(5000)).isEmpty)
        #expect(lights.show(buttonsOn: []).isEmpty)
    }

    @Test func aKeyboardWithoutLightsGetsNoMessage() {
        var lights = Lights(.generic)
        #expect(lights.isEmpty)
        for state in LightState.allCases {
            #expect(lights.show(state, at: .zero).isEmpty && lights.nextDeadline == nil)
        }
        #expect(lights.show(buttonsOn: [.loop]).isEmpty)
        #expect(lights.putOut().isEmpty)
    }

    /// When the red light goes on and off after the state is shown, in milliseconds.
    @Test(arguments: [
        (LightState.armed, [0, 500, 1000, 1500, 2000]),
        (.damaged, [0, 120, 240, 360, 1200, 1320, 1440, 1560, 2400]),
        (.recording, [0]),
    ])
    func aStateBlinksInItsRhythm(state: LightState, edges: [Int]) {
        var lights = LightsTests.plain
        var seen: [Int] = []
        var isOn = false
        func note(_ messages: [[UInt8]], _ time: Instant) {
            guard let last = messages.last(where: { $0[0] == 0xB0 }) else { return }
            #expect((last == LightsTests.red) == !isOn)
            isOn.toggle()
            seen.append(Int(time.nanoseconds / 1_000_000))
        }
        _ = lights.show(.idle, at: .zero)
        note(lights.show(state, at: .zero), .zero)
        while seen.count < edges.count, let next = lights.nextDeadline { note(lights.pass(to: next), next) }
        #expect(seen == edges)
    }

    @Test func aLateWakeBlinksAsTheTimeIsAndNotOnceForEachEdge() {
        var lights = LightsTests.plain
        _ = lights.show(.armed, at: .zero)
        #expect(lights.pass(to: LightsTests.at(86_400_750)) == [LightsTests.redOff])
        #expect(lights.nextDeadline == LightsTests.at(86_401_000))
    }

    @Test func buttonsShowWhatIsOn() {
        var lights = LightsTests.plain
        _ = lights.show(.idle, at: .zero)
        #expect(lights.show(buttonsOn: [.genre(1), .loop]) == [[0x99, 36, 5]])
        #expect(lights.show(buttonsOn: [.genre(2)]) == [[0x99, 36, 0], [0x99, 37, 5]])
        #expect(lights.show(.playing, at: .zero) == [LightsTests.green])
        #expect(lights.putOut() == [LightsTests.greenOff, [0x99, 37, 0]])
        #expect(lights.show(buttonsOn: [.genre(1)]).isEmpty)
    }

    @Test func theStateWinsTheLightOfAButton() {
        var lights = Lights(
            states: [.recording: [[0xB0, 1, 5]]], off: [[0xB0, 1, 0]],
            buttons: [(.metronome, ButtonLight(on: [0xB0, 1, 9], off: [0xB0, 1, 0]))])
        _ = lights.show(.idle, at: .zero)
        #expect(lights.show(buttonsOn: [.metronome]) == [[0xB0, 1, 9]])
        #expect(lights.show(.recording, at: .zero) == [[0xB0, 1, 5]])
        #expect(lights.show(.idle, at: .zero) == [[0xB0, 1, 9]])
    }

    @Test func afterForgettingEverythingIsToldAnew() {
        var lights = LightsTests.plain
        let first = lights.show(.recording, at: .zero)
        lights.forget()
        #expect(lights.pass(to: LightsTests.at(1)) == first)
    }

    @Test func lightsThatNothingPutsOutDoNotBlink() {
        var lights = Lights(states: [.armed: [[0xF0, 1, 2, 0xF7]], .idle: [[0xF0, 1, 3, 0xF7]]], off: [])
        #expect(lights.show(.armed, at: .zero) == [[0xF0, 1, 2, 0xF7]])
        #expect(lights.nextDeadline == nil)
        #expect(lights.show(.idle, at: .zero) == [[0xF0, 1, 3, 0xF7]])
    }

    @Test func systemExclusiveLightsAreToldApartByWhatPutsThemOut() {
        func light(_ number: UInt8, _ value: UInt8) -> [UInt8] { [0xF0, 0, 0x20, 0x6B, number, value, value, 0xF7] }
        var lights = Lights(
            states: [.recording: [light(4, 127)], .playing: [light(5, 127)]], off: [light(4, 0), light(5, 0)])
        #expect(lights.show(.recording, at: .zero) == [light(4, 127), light(5, 0)])
        #expect(lights.show(.playing, at: .zero) == [light(4, 0), light(5, 127)])
        #expect(lights.putOut() == [light(5, 0)])
    }

    @Test func oneMessageMayPutOutAllLights() {
        let reset: [UInt8] = [0xB0, 0, 0]
        var lights = Lights(
            states: [.recording: [[0x90, 1, 5]], .playing: [[0x90, 2, 5]], .armed: [[0x90, 1, 5]]], off: [reset])
        #expect(lights.show(.recording, at: .zero) == [reset, [0x90, 1, 5]])
        #expect(lights.show(.playing, at: .zero) == [reset, [0x90, 2, 5]])
        #expect(lights.show(.armed, at: .zero) == [reset, [0x90, 1, 5]])
        #expect(lights.pass(to: LightsTests.at(500)) == [reset])
        #expect(lights.putOut().isEmpty)
    }

    @Test(arguments: 0..<40) func afterAnythingAndOffEachLightWasPutOutLast(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var lights = LightsTests.plain
        var time = Instant.zero
        /// What each light was sent last, by its address.
        var shown: [[UInt8]: Bool] = [:]
        func receive(_ messages: [[UInt8]]) {
            for message in messages {
                let isOn = message[0] & 0xF0 != 0x80 && message[2] > 0
                let address = [message[0] & 0xEF, message[1]]
                #expect(shown[address] != isOn, "a light was sent what it shows already")
                shown[address] = isOn
            }
        }
        for _ in 0..<200 {
            time = time + .milliseconds(Int.random(in: 0...700, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: receive(lights.show(LightState.allCases.randomElement(using: &random)!, at: time))
            case 1: receive(lights.show(buttonsOn: Bool.random(using: &random) ? [.genre(1)] : [.genre(2), .loop]))
            case 2: if let next = lights.nextDeadline, next >= time { receive(lights.pass(to: next)) }
            default: receive(lights.pass(to: time))
            }
        }
        receive(lights.putOut())
        #expect(shown.values.allSatisfy { !$0 })
        #expect(lights.nextDeadline == nil && lights.pass(to: time + .seconds(1)).isEmpty)
    }
}

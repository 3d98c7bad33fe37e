import DaemonConfiguration
import Music
import Testing

@testable import BridgeDaemon

/// When the synthesizer of our own is started and ended, on a clock of the test's.
struct SynthServiceTests {
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: 0) + .seconds(seconds) }

    private func service(_ start: Configuration.Synth.Start = .automatic, idle: Double = 600) -> SynthService {
        var settings = Configuration.Synth()
        settings.start = start
        settings.idle = .seconds(idle)
        return SynthService(settings)
    }

    /// One that runs since second 1.
    private func running(idle: Double = 600) -> SynthService {
        var synth = service(idle: idle)
        _ = synth.look(.init(), at: at(0))
        _ = synth.used(at: at(0))
        _ = synth.look(.init(hasPort: true), at: at(1))
        return synth
    }

    @Test func itStartsWithTheFirstUseAndNotBefore() {
        var synth = service()
        #expect(synth.look(.init(), at: at(0)) == nil)
        #expect(synth.description == "asleep; it starts when you play")
        #expect(synth.used(at: at(1)) == .connect)
        #expect(synth.used(at: at(2)) == nil)
        #expect(synth.description == "starting")
        #expect(synth.look(.init(hasPort: true), at: at(3)) == nil)
        #expect(synth.description == "running")
    }

    @Test(arguments: [
        (Configuration.Synth.Start.automatic, false, true, true), (.automatic, true, true, false),
        (.automatic, false, false, false), (.on, false, false, true), (.on, true, true, false),
        (.off, false, true, false),
    ])
    func itStartsOnlyWhereItIsNeeded(
        start: Configuration.Synth.Start, hasOtherOutput: Bool, hasSoundHardware: Bool, starts: Bool
    ) {
        var synth = service(start)
        _ = synth.look(.init(hasOtherOutput: hasOtherOutput, hasSoundHardware: hasSoundHardware), at: at(0))
        #expect(synth.used(at: at(1)) == (starts ? .connect : nil))
        #expect((synth.description != nil) == starts)
    }

    @Test func itIsEndedAfterSilenceAndStartedByTheNextNote() {
        var synth = running(idle: 10)
        #expect(synth.used(at: at(5)) == nil)
        #expect(synth.deadline == at(15))
        #expect(synth.pass(to: at(14.9)) == nil)
        #expect(synth.pass(to: at(15)) == .disconnect)
        #expect(synth.deadline == nil)
        #expect(synth.used(at: at(100)) == .connect)
    }

    @Test func oneThatStartsSlowlyIsNotEndedBeforeItSounds() {
        var synth = service(idle: 10)
        _ = synth.look(.init(), at: at(0))
        _ = synth.used(at: at(0))
        #expect(synth.pass(to: at(20)) == nil)
        #expect(synth.look(.init(hasPort: true), at: at(25)) == nil)
        #expect(synth.description == "running")
        #expect(synth.deadline == at(35))
    }

    @Test func anotherOutputEndsIt() {
        var synth = running()
        #expect(synth.look(.init(hasOtherOutput: true, hasPort: true), at: at(2)) == .disconnect)
        #expect(synth.used(at: at(3)) == nil)
        #expect(synth.look(.init(), at: at(4)) == .connect)
    }

    @Test func oneThatEndsByItselfIsStartedAgainAfterAPauseThatGrows() {
        var synth = running()
        var now = 2.0
        for pause in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            synth.ended("it crashed", at: at(now))
            #expect(synth.problem?.contains("it crashed") == true)
            #expect(!synth.isConnected)
            #expect(synth.deadline == at(now + pause))
            #expect(synth.pass(to: at(now + pause - 0.01)) == nil)
            _ = synth.used(at: at(now + pause - 0.01))
            #expect(synth.pass(to: at(now + pause)) == .connect)
            now += pause
        }
        #expect(synth.isConnected)
    }

    @Test func oneThatRanLongIsStartedAgainSoon() {
        var synth = running()
        synth.ended("it crashed", at: at(2))
        #expect(synth.pass(to: at(3)) == .connect)
        _ = synth.look(.init(hasPort: true), at: at(4))
        synth.ended("it crashed", at: at(40))
        #expect(synth.deadline == at(41))
    }

    @Test func oneThatOpensNoPortIsGivenUp() {
        var synth = service()
        _ = synth.look(.init(), at: at(0))
        _ = synth.used(at: at(0))
        #expect(synth.deadline == at(60))
        #expect(synth.pass(to: at(60)) == .disconnect)
        #expect(synth.problem?.contains("opened no port") == true)
    }

    @Test func withoutSoundHardwareItSaysWhatToDo() throws {
        var synth = service()
        _ = synth.look(.init(hasSoundHardware: false), at: at(0))
        #expect(try #require(synth.problem).contains("plug in a sound card"))
        _ = synth.look(.init(hasOtherOutput: true, hasSoundHardware: false), at: at(1))
        #expect(synth.problem == nil)
    }
}

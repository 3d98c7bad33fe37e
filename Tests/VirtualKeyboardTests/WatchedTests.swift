import Testing
import VirtualKeyboard

struct WatchedTests {
    @Test func aConditionThatHoldsIsFoundAtOnce() async {
        let number = Watched(3)
        #expect(await number.wait(atMost: .zero) { $0 == 3 ? "three" : nil } == "three")
    }

    @Test func aChangeWakesWhoWaits() async {
        let number = Watched(0)
        async let found = number.wait(atMost: .seconds(60)) { $0 >= 100 ? $0 : nil }
        for _ in 0..<100 {
            number.update { $0 += 1 }
            await Task.yield()
        }
        #expect(await found == 100)
    }

    @Test func theLimitEndsTheWait() async {
        let number = Watched(0)
        #expect(await number.wait(atMost: .milliseconds(1)) { $0 == 1 ? $0 : nil } == nil)
    }

    @Test func cancellationEndsTheWait() async {
        let number = Watched(0)
        let waiting = Task { await number.wait(atMost: .seconds(3600)) { $0 == 1 ? $0 : nil } }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }
}

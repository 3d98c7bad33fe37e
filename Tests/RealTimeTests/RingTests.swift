import RealTime
import Synchronization
import Testing

@Suite struct RingTests {
    @Test func elementsComeOutInTheOrderTheyWentIn() {
        let ring = Ring<Int>(capacity: 4)
        #expect([1, 2, 3].map { ring.push($0) } == [true, true, true])
        #expect([ring.pop(), ring.pop(), ring.pop(), ring.pop()] == [1, 2, 3, nil])
    }

    @Test func aFullRingRefusesAndKeepsWhatItHas() {
        let ring = Ring<Int>(capacity: 2)
        #expect([1, 2, 3].map { ring.push($0) } == [true, true, false])
        #expect(ring.room == 0)
        #expect(ring.peek() == 1)
        #expect([ring.pop(), ring.pop(), ring.pop()] == [1, 2, nil])
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 8), (1000, 1024), (1024, 1024)])
    func capacityIsRoundedUpToAPowerOfTwo(asked: Int, given: Int) {
        #expect(Ring<UInt8>(capacity: asked).capacity == given)
    }

    @Test func countAndRoomAddUpAroundTheWrap() {
        let ring = Ring<Int>(capacity: 4)
        for round in 0..<10 {
            #expect(ring.push(round) && ring.push(round))
            #expect(ring.count == 2 && ring.room == 2)
            #expect(ring.pop() == round && ring.pop() == round)
        }
        #expect(ring.isEmpty)
    }

    /// Three words that belong together: a torn or early read would show.
    private struct Triple: BitwiseCopyable, Sendable {
        var a: UInt64
        var b: UInt64
        var c: UInt64
    }

    @Test func nothingIsLostTornOrReorderedBetweenTwoThreads() {
        let ring = Ring<Triple>(capacity: 64)
        let total: UInt64 = 300_000
        let producer = RealTimeThread(name: "producer", request: .normal(niceness: 0)) {
            var next: UInt64 = 0
            while next < total {
                if ring.push(Triple(a: next, b: next &* 0x9E37_79B9_7F4A_7C15, c: ~next)) { next += 1 }
            }
        }
        var expected: UInt64 = 0
        var wrong = 0
        while expected < total {
            guard let triple = ring.pop() else { continue }
            if triple.a != expected || triple.b != expected &* 0x9E37_79B9_7F4A_7C15 || triple.c != ~expected {
                wrong += 1
            }
            expected += 1
        }
        producer.join()
        #expect(wrong == 0)
        #expect(ring.isEmpty)
    }
}

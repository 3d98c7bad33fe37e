import Tensor
import Testing

struct SeededRandomTests {
    /// First outputs of xoshiro256** from the state 1, 2, 3, 4, as the authors' C program gives them.
    @Test func outputIsThatOfThePublishedGenerator() {
        var random = SeededRandom(state: [1, 2, 3, 4])!
        let words: [UInt64] = (0..<4).map { _ in random.next() }
        #expect(words == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
    }

    @Test func savedStateContinuesTheSequence() {
        var random = SeededRandom(seed: 42)
        _ = random.gaussian()
        var restored = SeededRandom(state: random.state)!
        #expect((0..<10).map { _ in random.gaussian() } == (0..<10).map { _ in restored.gaussian() })
    }

    @Test(arguments: [[], [1, 2, 3], [0, 0, 0, 0]] as [[UInt64]])
    func impossibleStateIsRefused(_ state: [UInt64]) {
        #expect(SeededRandom(state: state) == nil)
    }

    @Test func seedsGiveDifferentSequences() {
        var (a, b) = (SeededRandom(seed: 0), SeededRandom(seed: 1))
        #expect(a.next() != b.next())
    }

    @Test func uniformCoversItsRangeEvenly() {
        var random = SeededRandom(seed: 1)
        let values = (0..<20_000).map { _ in random.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(values.reduce(0, +) / 20_000 - 0.5) < 0.01)
    }

    @Test func gaussianHasMeanZeroAndVarianceOne() {
        var random = SeededRandom(seed: 1)
        let values = (0..<20_000).map { _ in Double(random.gaussian()) }
        let mean = values.reduce(0, +) / 20_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 20_000
        let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 20_000
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 1) < 0.03)
        #expect(abs(fourth - 3) < 0.25)
    }

    @Test func gumbelHasItsMean() {
        var random = SeededRandom(seed: 1)
        let mean = (0..<20_000).reduce(0.0) { sum, _ in sum + Double(random.gumbel()) } / 20_000
        #expect(abs(mean - 0.5772) < 0.03)
    }
}

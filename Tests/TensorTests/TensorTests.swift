import Tensor
import Testing

struct TensorTests {
    @Test func copyIsNotChangedByWritingTheOriginal() {
        var a = Tensor([1, 2, 3], shape: [3])
        let b = a
        a[0] = 9
        #expect(a.values == [9, 2, 3])
        #expect(b.values == [1, 2, 3])
    }

    @Test func reshapedTensorSharesNoLaterWrites() {
        let a = Tensor([1, 2, 3, 4], shape: [4])
        var b = a.reshaped([2, 2])
        b[3] = 0
        #expect(a.values == [1, 2, 3, 4])
        #expect(b.shape == [2, 2])
    }

    @Test(arguments: [(Float.nan, false), (.infinity, false), (-.infinity, false), (1, true)])
    func finitenessIsSeen(_ value: Float, _ expected: Bool) {
        #expect(Tensor([0, value, 0], shape: [3]).isFinite == expected)
    }

    @Test func releasedMemoryIsUsedAgain() {
        BufferPool.releaseIdleMemory()
        for _ in 0..<100 { _ = Tensor(shape: [123_457]) }
        #expect(BufferPool.idleBytes < 50_000_000)
    }

    @Test func equalityLooksAtShapeAndElements() {
        let a = Tensor([1, 2], shape: [2])
        #expect(a == Tensor([1, 2], shape: [2]))
        #expect(a != Tensor([1, 2], shape: [1, 2]))
        #expect(a != Tensor([1, 3], shape: [2]))
    }
}

import Foundation
import Testing

@testable import Devices

/// What the driver says it dropped, in files as the kernel writes them.
struct DriverLossesTests {
    private let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "losses-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    private func write(_ overruns: [Int], card: Int, device: Int = 0) throws {
        let folder = root.appending(path: "card\(card)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var text =
            "Oxygen 49\n\nOutput 0\n  Tx bytes     : 3\n  Owner PID    : 7\n  Mode         : native\n  Buffer size  : 4096\n  Avail        : 4096\n"
        for (number, count) in overruns.enumerated() {
            text +=
                "Input \(number)\n  Rx bytes     : 812\n  Owner PID    : 7\n  Buffer size  : 4096\n  Avail        : 0\n  Overruns     : \(count)\n"
        }
        try text.write(to: folder.appending(path: "midi\(device)"), atomically: true, encoding: .utf8)
    }

    @Test func whatWasDroppedSinceTheLastReadingIsTold() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        var losses = DriverLosses(folder: root.path)
        try write([5, 0], card: 1)
        try write([0], card: 2)
        #expect(losses.read([1, 2]).isEmpty, "what was lost before anybody listened is no loss")
        #expect(losses.read([1, 2]).isEmpty)
        try write([12, 3], card: 1)
        try write([4], card: 2, device: 1)
        #expect(losses.read([1, 2]) == [1: 10, 2: 4])
        #expect(losses.read([1, 2]).isEmpty)
        // Opened anew: counted from nothing.
        try write([2, 3], card: 1)
        #expect(losses.read([1, 2]) == [1: 2])
    }

    @Test func aCardWithoutAFileOrThatWasPluggedInAnewHasLostNothing() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        var losses = DriverLosses(folder: root.path)
        #expect(losses.read([0, 7]).isEmpty)
        try write([9], card: 3)
        #expect(losses.read([3]).isEmpty)
        #expect(losses.read([]).isEmpty)
        try write([20], card: 3)
        #expect(losses.read([3]).isEmpty)
        var hidden = DriverLosses(folder: "/nowhere")
        #expect(hidden.read([3]).isEmpty && hidden.read([3]).isEmpty)
    }
}

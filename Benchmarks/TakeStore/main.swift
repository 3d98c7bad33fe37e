// How long lists, searches and openings of takes last in a store of many.
//   swift run -c release take-store-benchmark [COUNT]     100,000 takes unless told otherwise; about 200 MB in a temporary folder
import Foundation
import Logging
import Music
import TakeStore

let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1])! : 100_000
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("take-store-benchmark-\(getpid())").path
let path = folder + "/continuo.sqlite"
let quiet = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
defer { try? FileManager.default.removeItem(atPath: folder) }

/// A line at once: figures are followed as they come.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }
func report(_ what: String, _ times: [Double]) {
    let sorted = times.sorted()
    func at(_ part: Double) -> String {
        String(format: "%9.2f", sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))])
    }
    say("\(what.padding(toLength: 52, withPad: " ", startingAt: 0))\(at(0.5))\(at(0.99))")
}

// MARK: - The store

var store = try TakeStore(path: path, logger: quiet)
let clock = ContinuousClock()
let filling = try await clock.measure {
    for start in stride(from: 0, to: count, by: 1000) {
        _ = try await store.save((start..<min(count, start + 1000)).map { ManyTakes.take($0, of: count) })
    }
}
let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
say("\(count) takes saved in \(filling.formatted()), \(size / 1_000_000) MB")
store.close()
let opening = try clock.measure { store = try TakeStore(path: path, logger: quiet) }
say("the store opened and checked in \(opening.formatted())")

// MARK: - Figures

say("\nmilliseconds".padding(toLength: 53, withPad: " ", startingAt: 0) + "   median      99%")
for (name, query) in ManyTakes.queries {
    var times: [Double] = []
    for step in 0..<100 {
        // The first page, and pages from everywhere else.
        let before = step % 2 == 0 ? nil : TakeID(rawValue: Int64(count - count / 100 * step))
        times.append(
            milliseconds(
                try await clock.measure { _ = try await store.takes(matching: query, limit: 50, before: before) }))
    }
    report(name, times)
}
var opened: [Double] = []
var saved: [Double] = []
var marked: [Double] = []
for step in 0..<200 {
    let id = TakeID(rawValue: Int64(1 + step * (count / 200)))
    opened.append(
        milliseconds(
            try await clock.measure {
                _ = try await store.take(id: id)
                let list = try await store.arrangements(of: id)
                if let first = list.first { _ = try await store.arrangement(id: first.id) }
            }))
    saved.append(
        milliseconds(try await clock.measure { _ = try await store.save(ManyTakes.take(step, of: count)) }))
    marked.append(milliseconds(try await clock.measure { try await store.rate(id, Rating(rawValue: 3)) }))
}
report("open a take with its arrangement", opened)
report("save a take with an arrangement (the disk's time)", saved)
report("rate a take (the disk's time)", marked)
let tagTimes = try await clock.measure { _ = try await store.tags() }
say("all tags with their counts: \(tagTimes.formatted())")
store.close()

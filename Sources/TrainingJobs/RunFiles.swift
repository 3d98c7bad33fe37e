import ConsoleAPI
import FoundationEssentials
import Glibc

/// What a run's folder tells while it is being written, and afterwards: its tables, and the samples of its checkpoints.
public struct RunFiles: Sendable {
    private let folder: String

    public init(folder: String) { self.folder = folder }

    /// Most rows of a table: what a picture can show.
    static let points = 500
    /// Bytes that are read for a point, so that a table of weeks costs no more than one of minutes.
    private static let span = 8192

    public var curves: JobCurvesReport {
        JobCurvesReport(losses: table("losses.csv"), heldOut: table("heldout.csv"), samples: samples)
    }

    /// - Returns: nil where there is no such sample.
    public func sample(step: Int, melody: Int, format: SampleFormat) -> [UInt8]? {
        guard step >= 0, melody > 0 else { return nil }
        let path = "\(folder)/checkpoints/\(step)/melody-\(melody).\(format.rawValue)"
        return (try? Data(contentsOf: URL(fileURLWithPath: path))).map { [UInt8]($0) }
    }

    private var samples: [JobCurvesReport.Sample] {
        let steps = names(in: "checkpoints").compactMap { Int($0) }.filter { $0 >= 0 }.sorted()
        return steps.flatMap { step in
            var formats: [Int: [String]] = [:]
            for name in names(in: "checkpoints/\(step)") {
                let pieces = name.split(separator: ".")
                guard pieces.count == 2, pieces[0].hasPrefix("melody-"), let melody = Int(pieces[0].dropFirst(7)),
                    let format = SampleFormat(rawValue: String(pieces[1]))
                else { continue }
                formats[melody, default: []].append(format.rawValue)
            }
            return formats.keys.sorted().map {
                JobCurvesReport.Sample(step: step, melody: $0, formats: formats[$0]?.sorted() ?? [])
            }
        }
    }

    private func names(in place: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(place)")) ?? []
    }

    /// Reads a table whose columns begin with `step,stage`. Of a long one, some lines from evenly spaced places, as their means; lines
    /// that are not whole yet are left out.
    private func table(_ name: String) -> JobCurvesReport.Table {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .init() }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard let head = lines(of: descriptor, from: 0, to: min(size, Self.span), isStart: true).first,
            head.starts(with: ["step", "stage"])
        else { return .init() }
        let start = head.joined(separator: ",").utf8.count + 1
        let columns = head.dropFirst(2).map(String.init)
        var rows: [JobCurvesReport.Row] = []
        let width = max(256, (size - start + Self.points - 1) / Self.points)
        for place in stride(from: start, to: size, by: width) {
            let cells = lines(
                of: descriptor, from: place, to: min(size, place + min(width, Self.span) + 512),
                isStart: place == start,
                beginningBefore: place + width)
            if let row = Self.mean(cells, columns: columns.count) { rows.append(row) }
        }
        return .init(columns: columns, rows: rows)
    }

    /// The mean of the lines that belong to the first one's stage.
    private static func mean(_ lines: [[Substring]], columns: Int) -> JobCurvesReport.Row? {
        let whole = lines.filter { $0.count == columns + 2 && Int($0[0]) != nil }
        guard let first = whole.first, let step = Int(first[0]) else { return nil }
        let same = whole.filter { $0[1] == first[1] }
        let values = (0..<columns).map { column -> Double? in
            let numbers = same.compactMap { Double($0[column + 2]) }.filter(\.isFinite)
            return numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
        }
        return .init(step: step, stage: String(first[1]), values: values)
    }

    /// The whole lines that begin within a stretch of a file, as their cells.
    ///
    /// - Parameters:
    ///   - isStart: whether a line begins at `start`; else the first one begins behind the next line end.
    ///   - limit: where the next stretch begins, whose lines are its own; nil takes all.
    private func lines(
        of descriptor: Int32, from start: Int, to end: Int, isStart: Bool, beginningBefore limit: Int? = nil
    ) -> [[Substring]] {
        // One byte more in front tells whether a line begins right here.
        let begin = isStart ? start : start - 1
        guard end > begin else { return [] }
        var bytes = [UInt8](repeating: 0, count: end - begin)
        let count = pread(descriptor, &bytes, bytes.count, off_t(begin))
        guard count > 0 else { return [] }
        bytes.removeLast(bytes.count - count)
        var found: [[Substring]] = []
        var at = isStart ? 0 : (bytes.firstIndex(of: 10).map { $0 + 1 } ?? bytes.count)
        while let lineEnd = bytes[at...].firstIndex(of: 10), begin + at < limit ?? .max {
            let text = String(decoding: bytes[at..<lineEnd], as: UTF8.self)
            found.append(text.split(separator: ",", omittingEmptySubsequences: false))
            at = lineEnd + 1
        }
        return found
    }
}

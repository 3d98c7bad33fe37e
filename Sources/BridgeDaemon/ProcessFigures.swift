import FoundationEssentials
import Glibc

/// What the kernel says of this process.
///
/// Source: proc(5).
struct ProcessFigures: Sendable {
    var residentBytes = 0
    var virtualBytes = 0
    var threads = 0
    var openDescriptors = 0
    /// The most that may be open.
    var maximumDescriptors = 0
    var processorSeconds = 0.0
    /// Seconds since 1970.
    var startTime = 0.0

    /// - Parameter root: the folder of a process; a file that cannot be read leaves its figures at zero.
    init(root: String = "/proc/self", statistics: String = "/proc/stat") {
        func read(_ path: String) -> String {
            // A file of /proc has no size to be asked for first.
            guard let handle = fopen(path, "re") else { return "" }
            defer { fclose(handle) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = fread(&bytes, 1, bytes.count, handle)
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // The name stands in brackets and may hold anything: what counts comes behind the last one.
        let stat = read("\(root)/stat")
        let fields = stat.lastIndex(of: ")").map { stat[$0...].dropFirst(2).split(separator: " ") } ?? []
        func field(_ number: Int) -> Double {
            // Numbered as in proc(5), where the state behind the name is the third.
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) ?? 0 : 0
        }
        processorSeconds = (field(14) + field(15)) / ticks
        threads = Int(field(20))
        virtualBytes = Int(field(23))
        residentBytes = Int(field(24)) * Int(sysconf(Int32(_SC_PAGESIZE)))
        let boot = read(statistics).split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst(6)) }
        startTime = boot.map { $0 + field(22) / ticks } ?? 0
        openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/fd").count) ?? 0
        let limit = read("\(root)/limits").split(separator: "\n").first { $0.hasPrefix("Max open files") }
        maximumDescriptors = limit.flatMap { Int($0.split(separator: " ")[3]) } ?? 0
    }
}

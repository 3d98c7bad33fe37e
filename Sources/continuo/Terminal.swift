import ConsoleAPI
import Foundation
import Rendering

/// A remark on standard error: what is printed on standard output stays readable for programs.
func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

/// Prints a report as JSON.
func printJSON(_ value: some Encodable) throws {
    print(String(decoding: try APICoding.encode(value), as: UTF8.self))
}

/// Text in colours where a person sees it: on a terminal, and without `NO_COLOR`.
enum Ink: String {
    case bold = "1"
    case quiet = "2"
    case red = "31"
    case green = "32"

    static let isUsed =
        isatty(STDOUT_FILENO) != 0 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    func callAsFunction(_ text: String) -> String { Ink.isUsed ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }
}

/// What the terminal can show.
enum Screen {
    /// Its width; 80 where there is none, unless `$COLUMNS` says another.
    static var columns: Int { columns(of: STDOUT_FILENO) }

    /// - Parameter descriptor: where is written.
    static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        if isatty(descriptor) != 0, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }

    /// Whether its characters are UTF-8 (locale(7): the first of these that is set decides).
    static var isUnicode: Bool {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
    }

    /// How many colours it tells apart.
    static var colors: TerminalRoll.Style.Colors {
        guard Ink.isUsed else { return .none }
        let depth = ProcessInfo.processInfo.environment["COLORTERM"] ?? ""
        return depth == "truecolor" || depth == "24bit" ? .trueColor : .ansi256
    }
}

/// Rows in columns that are as wide as they must be.
struct Table {
    var head: [String]
    var rows: [[String]] = []
    /// Columns that are aligned at their right edge: numbers.
    var numbers: Set<Int> = []

    var lines: [String] {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? space + cell : cell + space
            }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
        return [Ink.bold(line(head))] + rows.map(line)
    }
}

/// `1 note`, `2 notes`.
func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

/// A tempo without needless digits: `104`, `96.5`.
func beats(_ tempo: Double) -> String {
    abs(tempo - tempo.rounded()) < 0.05 ? "\(Int(tempo.rounded()))" : String(format: "%.1f", tempo)
}

import ConsoleAPI
import Foundation

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

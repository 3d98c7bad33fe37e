internal import CQREncode
import Foundation

/// A text as a QR code (ISO/IEC 18004) for the terminal: half a character a module.
struct QRCode {
    /// Whether a module is dark; as many rows as columns.
    let modules: [[Bool]]

    /// - Returns: nil for a text that is longer than the largest code holds.
    init?(_ text: String) {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard let data = code.pointee.data else { return nil }
        // The lowest bit is the colour; the others say what a module is for.
        modules = (0..<width).map { row in (0..<width).map { data[row * width + $0] & 1 == 1 } }
    }

    /// Lines for a terminal, with the quiet zone of four modules that readers need.
    ///
    /// - Parameter colored: sets black on white, so that it is right on dark and light terminals; without it the light modules are drawn,
    ///   which is right on dark ones.
    func lines(colored: Bool) -> [String] {
        let quiet = 4
        func isDark(_ row: Int, _ column: Int) -> Bool {
            modules.indices.contains(row) && modules.indices.contains(column) && modules[row][column]
        }
        return stride(from: -quiet, to: modules.count + quiet, by: 2).map { row in
            let cells = (-quiet..<modules.count + quiet).map { column in
                // A drawn half is dark where black is set, and light where it is not.
                switch (isDark(row, column) == colored, isDark(row + 1, column) == colored) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }.joined()
            return colored ? "\u{1B}[30;107m\(cells)\u{1B}[0m" : cells
        }
    }
}

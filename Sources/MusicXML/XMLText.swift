/// Writes the text of an XML document, two spaces deeper for each element that is open.
struct XMLText {
    private(set) var text: String
    private var open: [String] = []

    /// - Parameter head: what stands before the first element, lines that end in a line break.
    init(head: String) { text = head }

    /// Writes an element with what `content` writes in it.
    mutating func element(_ name: String, _ attributes: [(String, String)] = [], _ content: (inout XMLText) -> Void) {
        indent()
        text += "<\(name)\(XMLText.written(attributes))>\n"
        open.append(name)
        content(&self)
        open.removeLast()
        indent()
        text += "</\(name)>\n"
    }

    /// Writes an element that holds a text or a number.
    mutating func value(_ name: String, _ content: some CustomStringConvertible, _ attributes: [(String, String)] = [])
    {
        indent()
        text += "<\(name)\(XMLText.written(attributes))>\(XMLText.escaped(content.description))</\(name)>\n"
    }

    /// Writes an element without content.
    mutating func empty(_ name: String, _ attributes: [(String, String)] = []) {
        indent()
        text += "<\(name)\(XMLText.written(attributes))/>\n"
    }

    private mutating func indent() { text += String(repeating: "  ", count: open.count) }

    private static func written(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
    }

    /// The text with the characters of the markup as references, and without those that XML 1.0 does not allow.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "\t", "\n", "\r": escaped.append(" ")
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": break
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

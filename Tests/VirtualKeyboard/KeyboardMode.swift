/// A mode that the computer switches on and off, and without which one of a keyboard's ports says nothing.
///
/// Many keyboards keep their buttons to themselves until a program greets them on the port of the buttons.
package struct KeyboardMode: Equatable, Sendable {
    /// The port that is silent outside the mode, counted from 0; the messages arrive there too.
    package var port: Int
    /// The message that switches it on.
    package var begin: [UInt8]
    /// The message that switches it off.
    package var end: [UInt8]

    package init(port: Int, begin: [UInt8], end: [UInt8]) {
        self.port = port
        self.begin = begin
        self.end = end
    }
}

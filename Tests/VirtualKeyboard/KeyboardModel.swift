/// What a USB MIDI keyboard says about itself.
package struct KeyboardModel: Equatable, Sendable {
    /// The USB vendor number (idVendor).
    package var vendor: UInt16
    /// The USB product number (idProduct).
    package var product: UInt16
    /// iManufacturer; nil leaves the string out.
    package var manufacturer: String?
    /// iProduct; nil leaves the string out. ALSA names its sequencer client after it.
    package var name: String?
    /// iSerialNumber; nil leaves the string out, as many keyboards do.
    package var serial: String?
    /// How many ports carry what is played to the computer, 0...16.
    package var outputs: Int
    /// How many ports take messages from the computer, 0...16.
    package var inputs: Int
    /// What the computer has to say before one of the ports speaks; nil where all do.
    package var mode: KeyboardMode?

    package init(
        vendor: UInt16, product: UInt16, manufacturer: String? = "ACME Music", name: String? = "Test Keys",
        serial: String? = nil, outputs: Int = 1, inputs: Int = 1, mode: KeyboardMode? = nil
    ) {
        precondition((0...16).contains(outputs) && (0...16).contains(inputs) && outputs + inputs > 0)
        self.vendor = vendor
        self.product = product
        self.manufacturer = manufacturer
        self.name = name
        self.serial = serial
        self.outputs = outputs
        self.inputs = inputs
        self.mode = mode
    }
}

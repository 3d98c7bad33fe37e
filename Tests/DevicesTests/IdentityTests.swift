import Controls
import Devices
import Testing

@Suite struct IdentityTests {
    private static let model = USBIdentity(vendor: 0x09E8, product: 0x0076)

    private func lpk(_ card: Int, serial: String? = nil, path: String = "") -> Keyboard {
        Keyboard(card: card, usb: IdentityTests.model, serial: serial, path: path, productName: "LPK25")
    }

    // MARK: - Which is which

    @Test func oneKeyboardKeepsItsNameOnAnyPortAndCard() {
        var roster = KeyboardRoster()
        #expect(roster.names(of: [lpk(1, path: "usb-1")]) == [1: "LPK25"])
        #expect(roster.names(of: []).isEmpty)
        #expect(roster.names(of: [lpk(3, path: "usb-2")]) == [3: "LPK25"])
        #expect(roster.names(of: [lpk(3, path: "usb-2")]) == [3: "LPK25"])
    }

    @Test func twoEqualKeyboardsAreKnownByTheirSerialNumbersInAnyOrderAndPlace() {
        var roster = KeyboardRoster()
        let first = roster.names(of: [lpk(1, serial: "A", path: "usb-1"), lpk(2, serial: "B", path: "usb-2")])
        #expect(first == [1: "LPK25", 2: "LPK25 (2)"])
        #expect(roster.names(of: [lpk(1, serial: "B", path: "usb-1")]) == [1: "LPK25 (2)"])
        let swapped = roster.names(of: [lpk(1, serial: "B", path: "usb-1"), lpk(2, serial: "A", path: "usb-2")])
        #expect(swapped == [1: "LPK25 (2)", 2: "LPK25"])
    }

    @Test(arguments: [nil, "0000"])
    func twoEqualKeyboardsWithoutASerialOfTheirOwnAreKnownByTheirPlace(serial: String?) {
        var roster = KeyboardRoster()
        let a = lpk(1, serial: serial, path: "usb-1")
        let b = lpk(2, serial: serial, path: "usb-2")
        #expect(roster.names(of: [a, b]) == [1: "LPK25", 2: "LPK25 (2)"])
        #expect(roster.names(of: []).isEmpty)
        // The other one first, and on the other card.
        #expect(roster.names(of: [lpk(1, serial: serial, path: "usb-2")]) == [1: "LPK25 (2)"])
        let both = roster.names(of: [lpk(1, serial: serial, path: "usb-2"), lpk(2, serial: serial, path: "usb-1")])
        #expect(both == [1: "LPK25 (2)", 2: "LPK25"])
    }

    @Test func oneThatMovesIsNotTakenForTheOneThatStayed() {
        var roster = KeyboardRoster()
        _ = roster.names(of: [lpk(1, path: "usb-1"), lpk(2, path: "usb-2")])
        // The first went to another port and got the lower card.
        #expect(roster.names(of: [lpk(0, path: "usb-9"), lpk(2, path: "usb-2")]) == [0: "LPK25", 2: "LPK25 (2)"])
    }

    @Test func anotherSerialNumberIsAnotherKeyboard() {
        var roster = KeyboardRoster()
        #expect(roster.names(of: [lpk(1, serial: "A", path: "usb-1")]) == [1: "LPK25"])
        #expect(roster.names(of: [lpk(1, serial: "B", path: "usb-1")]) == [1: "LPK25 (2)"])
    }

    @Test func keyboardsThatNeverComeBackAreForgottenInTheEnd() {
        var roster = KeyboardRoster()
        let present = lpk(500, serial: "here", path: "usb-1")
        #expect(roster.names(of: [present]) == [500: "LPK25"])
        let possible = Set((2...(KeyboardRoster.limit + 2)).map { "LPK25 (\($0))" })
        for number in 0..<600 {
            let names = roster.names(of: [present, lpk(1, serial: "S\(number)", path: "usb-2")])
            #expect(names[500] == "LPK25")
            #expect(names[1].map(possible.contains) == true)
        }
    }

    // MARK: - Which is meant

    @Test(arguments: [
        ("LPK25", KeyboardSelector.name("LPK25")), ("serial:A1", .serial("A1")), ("path:usb-1", .path("usb-1")),
        ("usb:09E8:0076", .usb(IdentityTests.model)),
    ])
    func everyFormOfANameIsRead(text: String, selector: KeyboardSelector) {
        #expect(KeyboardSelector(text) == selector)
        #expect(selector.fits(lpk(1, serial: "A1", path: "usb-1")))
        let other = Keyboard(card: 2, usb: nil, serial: nil, path: "", productName: "Launchkey")
        #expect(!selector.fits(other))
    }

    @Test(arguments: ["", "serial:", "path:", "usb:", "usb:09e8", "usb:09e8-0076"])
    func whatNamesNothingIsRefused(text: String) {
        #expect(KeyboardSelector(text) == nil)
    }

    @Test func theNameThatSaysMostIsTaken() {
        let a = lpk(1, serial: "A", path: "usb-1")
        let b = lpk(2, serial: "B", path: "usb-2")
        let names = ["LPK25", "LPK", "serial:A", "usb:09e8:0076", "path:usb-1"]
        let assigned = KeyboardSelector.assign(names, among: [a, b])
        #expect(assigned.names == [1: "serial:A", 2: "usb:09e8:0076"])
        #expect(assigned.refused.isEmpty)
    }

    @Test func aNameThatFitsTwoMeansNeither() {
        let a = lpk(1, serial: "A", path: "usb-1")
        let b = lpk(2, serial: "B", path: "usb-2")
        let assigned = KeyboardSelector.assign(["lpk"], among: [b, a])
        #expect(assigned.names.isEmpty)
        #expect(assigned.refused == ["lpk": [a, b]])
        #expect(KeyboardSelector.assign(["lpk"], among: [b]).names == [2: "lpk"])
    }

    @Test func whatTellsAKeyboardIsItsSerialThenItsPlace() {
        let a = lpk(1, serial: "A", path: "usb-1")
        #expect(KeyboardSelector.telling(a, from: [lpk(2, serial: "B", path: "usb-2")]) == "serial:A")
        #expect(KeyboardSelector.telling(a, from: [lpk(2, serial: "A", path: "usb-2")]) == "path:usb-1")
        #expect(KeyboardSelector.telling(lpk(1), from: [lpk(2)]) == nil)
        let other = Keyboard(card: 2, usb: nil, serial: nil, path: "", productName: "Launchkey")
        #expect(KeyboardSelector.telling(other, from: [lpk(2)]) == "Launchkey")
    }
}

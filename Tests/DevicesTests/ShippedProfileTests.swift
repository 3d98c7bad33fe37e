import Controls
import Devices
import Testing

/// The files of the package itself.
@Suite struct ShippedProfileTests {
    private static let library = ProfileLibrary(folders: [LibraryTests.shipped])

    @Test func everyShippedProfileIsSound() {
        let library = ShippedProfileTests.library
        #expect(library.errors.map(\.description) == [])
        #expect(library.profiles.count >= 100)
        #expect(library.profiles.filter { !$0.usb.isEmpty }.count >= 80)
        for profile in library.profiles {
            #expect(!profile.sources.isEmpty && (1...3).contains(profile.confidence), "\(profile.id)")
        }
    }

    /// Files that share a number must be told apart by their products.
    @Test func noTwoShippedProfilesClaimOneKeyboard() {
        let profiles = ShippedProfileTests.library.profiles
        let claims = Dictionary(grouping: profiles.flatMap { profile in profile.usb.map { (usb: $0, profile) } }) {
            $0.usb
        }
        for (usb, claimants) in claims where claimants.count > 1 {
            #expect(claimants.allSatisfy { !$0.1.products.isEmpty }, "\(usb)")
        }
        let products = profiles.flatMap(\.products).map { $0.lowercased() }
        #expect(products.count == Set(products).count)
        let inquiries = profiles.compactMap(\.inquiry)
        #expect(inquiries.count == Set(inquiries).count)
    }

    /// What is weakly sourced acts only once the player agrees.
    @Test(arguments: [
        "arturia-keystep", "m-audio-keystation-mk3", "nektar-se", "korg-nanokontrol-studio", "korg-taktile",
        "korg-microkontrol", "roland-a-pro", "yamaha-piano", "yamaha-portable", "casio-keyboard", "midiplus-akm320",
        "aws-deepcomposer", "emu-xboard", "akai-mpk-mini-mk2",
    ]) func aWeaklySourcedProfileHasNoConfirmedButton(id: String) throws {
        let profile = try #require(ShippedProfileTests.library.profiles.first { $0.id == id })
        let match = ProfileMatch(profile: profile, basis: .usb)
        #expect(match.buttons.filter(\.isConfirmed) == [])
        #expect(profile.buttons.filter(\.isConfirmed) == [])
    }

    /// A product's name, and whose it is.
    @Test(arguments: [
        ("Launchkey Mini MK3", "novation-launchkey-mini-mk3"), ("Launchkey MK3 49", "novation-launchkey-mk3"),
        ("Launchkey Mini MK4 37", "novation-launchkey-mini-mk4"), ("KeyLab 88 mk3", "arturia-keylab-mk3"),
        ("Arturia KeyLab 49", "arturia-keylab-mk1"), ("KeyLab Essential 61 mk3", "arturia-keylab-essential-mk3"),
        ("Arturia KeyLab Essential 61", "arturia-keylab-essential"), ("Minilab37", "arturia-minilab-37"),
        ("MPK mini 3", "akai-mpk-mini-mk3"), ("MPK mini IV", "akai-mpk-mini-4"), ("MPK249", "akai-mpk2"),
        ("nanoKONTROL2", "korg-nanokontrol2"), ("nanoKONTROL Studio", "korg-nanokontrol-studio"),
        ("AWS DeepComposer", "aws-deepcomposer"), ("Keystation 61 MK3", "m-audio-keystation-mk3"),
        ("KOMPLETE KONTROL S61 MK2", "ni-komplete-kontrol-s-mk2"), ("KOMPLETE_KONTROL_A49", "ni-komplete-kontrol-a"),
        ("Arturia MiniLab mkII", "arturia-minilab-mk2"), ("Novation SL MkIII", "novation-sl-mk3"),
        ("Arturia Minilab3", "arturia-minilab-3"),
    ]) func aKeyboardIsFoundByItsProductName(name: String, id: String) {
        let keyboard = Keyboard(
            card: 1, usb: USBIdentity(vendor: 0xFFFF, product: 1), serial: nil, path: "", productName: name)
        let match = ShippedProfileTests.library.match(for: keyboard, portNames: [], inquiry: nil)
        #expect(match?.profile.id == id && match?.basis == .product)
    }

    /// One number that two keyboards are said to have.
    @Test(arguments: [("Minilab3", "arturia-minilab-3"), ("KeyLab mkII 88", "arturia-keylab-mk2")])
    func aSharedNumberIsToldApartByTheProductName(name: String, id: String) {
        let keyboard = Keyboard(
            card: 1, usb: USBIdentity(vendor: 0x1C75, product: 0x02CB), serial: nil, path: "", productName: name)
        let match = ShippedProfileTests.library.match(for: keyboard, portNames: ["1", "2"], inquiry: nil)
        #expect(match?.profile.id == id && match?.basis == .usb)
    }

    /// Families of the lights that sources tell of.
    @Test(arguments: [
        "novation-launchkey-mk2", "novation-launchkey-mini-mk3", "novation-launchkey-mk3", "novation-launchkey-mk4",
        "korg-nanokontrol2", "arturia-keylab-essential", "akai-apc-key-25-mk2", "ni-komplete-kontrol-a",
    ]) func aKeyboardWithLightsShowsRecordingAndPlayingApart(id: String) throws {
        let profile = try #require(ShippedProfileTests.library.profiles.first { $0.id == id })
        let recording = try #require(profile.lights[.recording])
        #expect(recording != profile.lights[.playing] && !profile.lightsOff.isEmpty)
        // What is lit is put out: each light's message differs from its off in the last byte alone.
        let out = Set(profile.lightsOff.map { Array($0.dropLast()) })
        #expect(profile.lights.values.joined().allSatisfy { out.contains(Array($0.dropLast())) })
    }
}

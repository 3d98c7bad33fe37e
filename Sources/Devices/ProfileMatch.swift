import Controls

/// Which profile a keyboard was found to have, by what, and how sure that is.
public struct ProfileMatch: Hashable, Sendable {
    /// What a keyboard was known by, the surest first.
    public enum Basis: Hashable, Sendable, CaseIterable {
        /// Its USB numbers.
        case usb
        /// A part of its product name.
        case product
        /// What it answered to the universal device inquiry.
        case inquiry
    }

    public var profile: DeviceProfile
    public var basis: Basis
    /// 1 weak, 2 good, 3 sure: what the file says, and one less where the keyboard was not known by its USB numbers.
    public var confidence: Int

    public init(profile: DeviceProfile, basis: Basis) {
        self.profile = profile
        self.basis = basis
        confidence = basis == .usb ? profile.confidence : max(1, profile.confidence - 1)
    }

    /// Whether the keyboard may be sent what the profile says (handshake, lights, goodbye), and its buttons may act without
    /// the player's consent.
    public var isTrusted: Bool { confidence >= 2 }

    /// Whether a button acts without the player's consent.
    public func isConfirmed(_ button: ControlBinding) -> Bool { isTrusted && button.isConfirmed }

    /// The profile's buttons, each confirmed as far as this match goes.
    public var buttons: [ControlBinding] {
        profile.buttons.map { button in
            var button = button
            button.isConfirmed = isConfirmed(button)
            return button
        }
    }
}

extension ProfileLibrary {
    /// Finds a keyboard's profile: in the user's folder first, then in the shipped one; in each by USB numbers, then by
    /// product name, then by the device inquiry.
    ///
    /// Where several files of a folder claim one USB number, the one whose products and ports fit best is taken, the first
    /// of those by file name. Where several products fit, the longest.
    ///
    /// - Parameters:
    ///   - portNames: of its sequencer ports, in their order; empty where they are not known.
    ///   - inquiry: what it answered to the device inquiry; nil where it was not asked or said nothing.
    /// - Returns: nil where nobody has described it (`DeviceProfile.generic` serves).
    public func match(for keyboard: Keyboard, portNames: [String], inquiry: DeviceInquiry?) -> ProfileMatch? {
        for profiles in folders {
            if let usb = keyboard.usb {
                let claims = profiles.filter { $0.usb.contains(usb) }
                let fits = claims.map { fit(of: $0, keyboard, portNames) }
                if let best = fits.max(), let index = fits.firstIndex(of: best) {
                    return ProfileMatch(profile: claims[index], basis: .usb)
                }
            }
            let lengths = profiles.map { $0.longestProduct(in: keyboard) }
            if let longest = lengths.max(), longest > 0, let index = lengths.firstIndex(of: longest) {
                return ProfileMatch(profile: profiles[index], basis: .product)
            }
            if let inquiry, let answered = profiles.first(where: { $0.inquiry == inquiry }) {
                return ProfileMatch(profile: answered, basis: .inquiry)
            }
        }
        return nil
    }

    /// How well one of several claims to a USB number fits; the product's name says more than the ports do.
    private func fit(of profile: DeviceProfile, _ keyboard: Keyboard, _ portNames: [String]) -> Int {
        let product: Int
        if profile.products.isEmpty {
            product = 0
        } else {
            product = profile.longestProduct(in: keyboard) > 0 ? 2 : -2
        }
        let hasPorts = [profile.keysPort, profile.controlPort].allSatisfy { $0.number(among: portNames) != nil }
        return product + (hasPorts ? 1 : 0)
    }
}

extension DeviceProfile {
    /// How many letters of the product's name its longest fitting part has; 0 where none fits.
    ///
    /// udev writes spaces as underscores where it has no better name.
    fileprivate func longestProduct(in keyboard: Keyboard) -> Int {
        func plain(_ text: String) -> String { text.lowercased().replacing("_", with: " ") }
        let name = plain(keyboard.productName)
        return products.filter { name.contains(plain($0)) }.map(\.count).max() ?? 0
    }
}

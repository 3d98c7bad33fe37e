import Devices
import Controls
import Music
import TOMLKit

extension Configuration {
    /// Reads a configuration file's text.
    ///
    /// - Parameter source: the file's name, for errors.
    /// - Throws: `ConfigurationError` for a syntax error, an unknown key (with its line and the nearest known name) or a value out of range.
    public init(toml text: String, source: String) throws(ConfigurationError) {
        self.init()
        if let first = read(text, source).first { throw first }
    }

    /// Everything that is wrong in a configuration file's text, by line; nothing where it can be used.
    ///
    /// - Parameter source: the file's name, for the errors.
    public static func problems(in text: String, source: String) -> [ConfigurationError] {
        var configuration = Configuration()
        return configuration.read(text, source)
    }

    static func table(_ text: String, source: String) throws(ConfigurationError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError(source: source, line: error.source.begin.line, message: error.description)
        } catch {
            throw ConfigurationError(source: source, line: nil, message: "\(error)")
        }
    }

    /// Takes what can be taken; what was taken before and is not named stays.
    ///
    /// - Returns: what cannot, by line.
    mutating func read(_ text: String, _ source: String) -> [ConfigurationError] {
        let table: TOMLTable
        do { table = try Configuration.table(text, source: source) } catch { return [error] }
        let reader = Reader(text: text, source: source)
        var problems: [ConfigurationError] = []
        func keep(_ body: () throws(ConfigurationError) -> Void) {
            do throws(ConfigurationError) { try body() } catch { problems.append(error) }
        }
        for (section, value) in table {
            if section == "keyboard" {
                keep { () throws(ConfigurationError) in try reader.applyKeyboards(value, to: &self) }
                continue
            }
            guard let keys = Configuration.keys[section] else {
                problems.append(
                    reader.unknown(
                        section, among: Array(Configuration.keys.keys) + ["keyboard"], what: "section", path: [section])
                )
                continue
            }
            guard let entries = value.table else {
                problems.append(reader.error([section], "\(section) is a section: write [\(section)]"))
                continue
            }
            for (key, entry) in entries {
                guard keys.contains(key) else {
                    problems.append(reader.unknown(key, among: keys, what: "key", path: [section, key]))
                    continue
                }
                keep { () throws(ConfigurationError) in
                    try reader.apply(entry, section: section, key: key, to: &self)
                }
            }
        }
        return problems.sorted { ($0.line ?? 0, $0.message) < ($1.line ?? 0, $1.message) }
    }

    static let keys: [String: [String]] = [
        "capture": ["tempo", "meter", "click", "listen", "memory_minutes", "journal_hours", "journal_megabytes"],
        "inputs": ["ports"],
        "band": ["genre", "temperature", "entrance"],
        "output": ["port", "latency_ms"],
        "synth": ["start", "idle_minutes"],
        "sync": ["clock_in", "clock_out"],
        "controls": ["gesture", "pedals", "sustain_switch"],
        "transport": ["kind"],
        "console": ["socket", "port", "listen", "names", "metrics"],
        "store": ["folder"],
        "training": ["program", "keep_jobs", "keep_megabytes", "free_megabytes"],
        "log": ["level"],
    ]

    struct Reader {
        let text: String
        let source: String

        func error(_ path: [String], _ message: String) -> ConfigurationError {
            ConfigurationError(source: source, line: line(of: path), message: message)
        }

        func unknown(_ name: String, among known: [String], what: String, path: [String]) -> ConfigurationError {
            let nearest = known.sorted().min { distance($0, name) < distance($1, name) } ?? ""
            return error(path, "unknown \(what) '\(name)': did you mean '\(nearest)'?")
        }

        func apply(
            _ value: some TOMLValueConvertible, section: String, key: String, to configuration: inout Configuration
        ) throws(ConfigurationError) {
            let path = [section, key]
            func string() throws(ConfigurationError) -> String {
                guard let string = value.string else { throw error(path, "\(key) is a text in quotes") }
                return string
            }
            func number() throws(ConfigurationError) -> Double {
                if let double = value.double { return double }
                if let int = value.int { return Double(int) }
                throw error(path, "\(key) is a number")
            }
            func number(in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
                let number = try number()
                guard range.contains(number) else {
                    throw error(path, "\(key) lies between \(Int(range.lowerBound)) and \(Int(range.upperBound))")
                }
                return number
            }
            func flag() throws(ConfigurationError) -> Bool {
                guard let flag = value.bool else { throw error(path, "\(key) is true or false") }
                return flag
            }
            switch (section, key) {
            case ("capture", "tempo"):
                let range = Tempo.range
                let quarters = try number()
                configuration.tempo = Tempo(quartersPerMinute: quarters)
                guard quarters == 0 || configuration.tempo != nil else {
                    throw error(
                        path,
                        "tempo lies between \(Int(range.lowerBound)) and \(Int(range.upperBound)), or is 0: read from the playing"
                    )
                }
            case ("capture", "click"): configuration.clicks = try flag()
            case ("capture", "listen"): configuration.listens = try flag()
            case ("capture", "memory_minutes"):
                configuration.memory = .seconds(try number(in: 1...240) * 60)
            case ("capture", "journal_hours"):
                configuration.journalAge = .seconds(try number(in: 0...87_600) * 3600)
            case ("capture", "journal_megabytes"):
                configuration.journalBytes = Int(try number(in: 1...4096) * 1_048_576)
            case ("capture", "meter"):
                let text = try string()
                guard let meter = Meter(text), Configuration.meters.contains(meter) else {
                    throw error(
                        path, "meter is one of \(Configuration.meters.map(\.description).joined(separator: ", "))")
                }
                configuration.meter = meter
            case ("inputs", "ports"):
                let message = "ports is a list of texts: [\"a port's name\", \"24:0\"]"
                guard let list = value.array else { throw error(path, message) }
                var ports: [String] = []
                for entry in list {
                    guard let port = entry.string, !port.isEmpty else { throw error(path, message) }
                    ports.append(port)
                }
                configuration.inputs = ports
            case ("band", "genre"):
                guard let genre = Genre(rawValue: try string()) else {
                    throw error(path, "a genre is a short name such as \"pop\"")
                }
                configuration.genre = genre
            case ("band", "temperature"):
                let temperature = try number()
                guard (0...1).contains(temperature) else { throw error(path, "temperature lies between 0 and 1") }
                configuration.temperature = temperature
            case ("band", "entrance"):
                switch try string() {
                case "beat": configuration.entrance = .beat
                case "bar": configuration.entrance = .bar
                default: throw error(path, "entrance is \"beat\" or \"bar\"")
                }
            case ("controls", "gesture"): configuration.controls.gesture = try gesture(value, path)
            case ("controls", "pedals"): configuration.controls.pedals = try choice(value, path)
            case ("controls", "sustain_switch"): configuration.controls.sustainSwitch = try flag()
            case ("output", "latency_ms"):
                configuration.latency = .seconds(try number(in: -150...150) / 1000)
            case ("synth", "start"):
                guard let start = Configuration.Synth.Start(rawValue: try string()) else {
                    throw error(path, "start is \"auto\", \"on\" or \"off\"")
                }
                configuration.synth.start = start
            case ("synth", "idle_minutes"):
                let minutes = try number()
                guard (0.05...1440).contains(minutes) else {
                    throw error(path, "idle_minutes lies between 0.05 and 1440")
                }
                configuration.synth.idle = .seconds(minutes * 60)
            case ("sync", "clock_in"):
                let port = try string()
                configuration.clockIn = port.isEmpty ? nil : port
            case ("sync", "clock_out"):
                let port = try string()
                configuration.clockOut = port.isEmpty ? nil : port
            case ("output", "port"):
                let port = try string()
                configuration.output = port.isEmpty ? nil : port
            case ("transport", "kind"):
                guard let kind = TransportKind(rawValue: try string()) else {
                    throw error(path, "kind is \"auto\", \"alsa\" or \"embedded\"")
                }
                configuration.transport = kind
            case ("console", "socket"):
                let socket = try string()
                configuration.socket = socket.isEmpty ? nil : socket
            case ("console", "port"):
                guard let port = value.int, (0...65535).contains(port) else {
                    throw error(path, "port is a whole number from 0 (off) to 65535")
                }
                configuration.loopbackPort = port == 0 ? nil : port
            case ("console", "listen"): configuration.consoleReach = try reach(try string(), path)
            case ("console", "names"): configuration.consoleNames = try hostNames(value, path)
            case ("console", "metrics"):
                switch try string() {
                case "token": configuration.metricsAreOpen = false
                case "open": configuration.metricsAreOpen = true
                default: throw error(path, "metrics is \"token\" or \"open\"")
                }
            case ("store", "folder"):
                let folder = try string()
                configuration.stateFolder = folder.isEmpty ? nil : folder
            case ("training", "program"):
                let program = try string()
                guard program.isEmpty || program.hasPrefix("/") else {
                    throw error(path, "program is a whole path such as \"/usr/bin/continuo\", or empty")
                }
                configuration.training.program = program.isEmpty ? nil : program
            case ("training", "keep_jobs"):
                guard let count = value.int, (1...1000).contains(count) else {
                    throw error(path, "keep_jobs is a whole number from 1 to 1000")
                }
                configuration.training.finishedJobs = count
            case ("training", "keep_megabytes"):
                configuration.training.finishedBytes = Int64(try number(in: 1...1_000_000) * 1_048_576)
            case ("training", "free_megabytes"):
                configuration.training.freeBytes = Int64(try number(in: 0...1_000_000) * 1_048_576)
            case ("log", "level"):
                let level = try string()
                guard Configuration.logLevels.contains(level) else {
                    throw error(path, "level is one of \(Configuration.logLevels.joined(separator: ", "))")
                }
                configuration.logLevel = level
            default:
                preconditionFailure("a key in the table has no reader")
            }
        }

        private func gesture(
            _ value: some TOMLValueConvertible, _ path: [String]
        ) throws(ConfigurationError) -> ControlReader.Settings.Gesture {
            guard let gesture = value.string.flatMap(ControlReader.Settings.Gesture.init(rawValue:)) else {
                throw error(
                    path,
                    "gesture is \"auto\" (on keyboards without buttons), \"on\", \"full\" (the lowest key too) or \"off\""
                )
            }
            return gesture
        }

        private func choice(
            _ value: some TOMLValueConvertible, _ path: [String]
        ) throws(ConfigurationError) -> ControlReader.Settings.Choice {
            guard let choice = value.string.flatMap(ControlReader.Settings.Choice.init(rawValue:)) else {
                throw error(
                    path, "\(path[path.count - 1]) is \"auto\" (on keyboards without buttons), \"on\" or \"off\"")
            }
            return choice
        }

        /// `[keyboard."LPK25"]`: what a keyboard is for.
        func applyKeyboards(
            _ value: some TOMLValueConvertible, to configuration: inout Configuration
        ) throws(ConfigurationError) {
            guard let keyboards = value.table else {
                throw error(["keyboard"], "write [keyboard.\"NAME\"], with a keyboard's name or a part of it")
            }
            for (name, value) in keyboards {
                let heading = ["keyboard", name]
                guard let entries = value.table else {
                    throw error(["keyboard"], "write [keyboard.\"NAME\"], with a keyboard's name or a part of it")
                }
                guard KeyboardSelector(name) != nil else {
                    throw error(
                        heading,
                        "a keyboard is named by its name or a part of it, \"serial:...\", \"path:...\", or \"usb:09e8:0076\" with two numbers of four digits, as lsusb prints them"
                    )
                }
                var settings = Configuration.KeyboardSettings()
                for (key, entry) in entries {
                    let path = heading + [key]
                    switch key {
                    case "role":
                        switch entry.string {
                        case "everything": settings.role = .everything
                        case "melody": settings.role = .melody
                        case "chords": settings.role = .chords
                        case "control": break
                        default:
                            throw error(path, "role is \"everything\", \"melody\", \"chords\" or \"control\"")
                        }
                        settings.isControl = entry.string == "control"
                    case "split":
                        guard let key = entry.int, (1...127).contains(key) else {
                            throw error(path, "split is the lowest key of the melody, 1 to 127 (60 is middle C)")
                        }
                        settings.role = .split(Pitch(key))
                    case "transpose":
                        guard let semitones = entry.int, (-48...48).contains(semitones) else {
                            throw error(path, "transpose is a whole number of semitones, -48 to 48")
                        }
                        settings.transposition = semitones
                    case "gesture": settings.gesture = try gesture(entry, path)
                    case "pedals": settings.pedals = try choice(entry, path)
                    case "sustain_switch":
                        guard let flag = entry.bool else { throw error(path, "sustain_switch is true or false") }
                        settings.sustainSwitch = flag
                    default:
                        let known = ["role", "split", "transpose", "gesture", "pedals", "sustain_switch"]
                        throw unknown(key, among: known, what: "key", path: path)
                    }
                }
                configuration.keyboards[name] = settings
            }
        }

        /// The line of a key or section, found by scanning: the library keeps none.
        func line(of path: [String]) -> Int? { KeyLines(text).line(of: path) }

        /// Levenshtein's distance.
        func distance(_ a: String, _ b: String) -> Int {
            let a = Array(a.utf8)
            let b = Array(b.utf8)
            var row = Array(0...b.count)
            for i in 1..<(a.count + 1) {
                var diagonal = row[0]
                row[0] = i
                for j in 1..<(b.count + 1) {
                    let above = row[j]
                    row[j] = min(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1))
                    diagonal = above
                }
            }
            return row[b.count]
        }
    }

    /// Metres that takes are recorded in.
    public static let meters = [Meter.fourFour, .threeFour, .sixEight, .twoFour]
    static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
}

import Music
import Testing

@testable import DaemonConfiguration

struct ConfigurationTests {
    @Test func theDocumentedFileIsTheDefault() throws {
        #expect(try Configuration(toml: Configuration.documentation, source: "default") == Configuration())
    }

    @Test func everyKnownKeyIsDocumented() {
        for (section, keys) in Configuration.keys {
            #expect(Configuration.documentation.contains("[\(section)]"))
            for key in keys { #expect(Configuration.documentation.contains("\n\(key) = ")) }
        }
    }

    @Test func valuesAreTaken() throws {
        let text = """
            [capture]
            tempo = 96.5
            meter = "6/8"
            [band]
            genre = "jazz"
            temperature = 0
            [output]
            port = "FLUID"
            [console]
            port = 8080
            """
        let configuration = try Configuration(toml: text, source: "test")
        #expect(configuration.tempo?.quartersPerMinute == 96.5)
        #expect(configuration.meter == .sixEight)
        #expect(configuration.genre == .jazz)
        #expect(configuration.temperature == 0)
        #expect(configuration.output == "FLUID")
        #expect(configuration.loopbackPort == 8080)
    }

    @Test func theSynthesizersKeysAreTaken() throws {
        let configuration = try Configuration(toml: "[synth]\nstart = \"on\"\nidle_minutes = 0.1\n", source: "test")
        #expect(configuration.synth.start == .on)
        #expect(configuration.synth.idle == .seconds(6))
    }

    @Test func theLimitsOfTrainingAreTaken() throws {
        let text = """
            [training]
            program = "/opt/continuo"
            keep_jobs = 3
            keep_megabytes = 2
            free_megabytes = 0
            """
        let training = try Configuration(toml: text, source: "test").training
        #expect(training.program == "/opt/continuo" && training.finishedJobs == 3)
        #expect(training.finishedBytes == 2 << 20 && training.freeBytes == 0)
    }

    @Test func inputsAndRolesAreTaken() throws {
        let text = """
            [inputs]
            ports = ["BLE", "24:0"]
            [keyboard."serial:A1"]
            role = "control"
            [keyboard."path:pci-0000:00:14.0-usb-0:2:1.0"]
            role = "chords"
            [keyboard.LPK25]
            transpose = 12
            """
        let configuration = try Configuration(toml: text, source: "test")
        #expect(configuration.inputs == ["BLE", "24:0"])
        #expect(configuration.keyboards["serial:A1"]?.isControl == true)
        let chords = configuration.keyboards["path:pci-0000:00:14.0-usb-0:2:1.0"]
        #expect(chords?.role == .chords && chords?.isControl == false)
        #expect(configuration.keyboards["LPK25"]?.isControl == nil)
    }

    @Test(arguments: [
        ("[capture]\ntempo = 120\ntempoo = 3", 3, "did you mean 'tempo'"),
        ("[captur]\ntempo = 120", 1, "did you mean 'capture'"),
        ("[capture]\n\ntempo = 1000", 3, "between 20 and 400"),
        ("[capture]\nmeter = \"5/4\"", 2, "meter is one of"),
        ("[band]\ngenre = \"Not A Name\"", 2, "short name"),
        ("[band]\ntemperature = 2", 2, "between 0 and 1"),
        ("[log]\nlevel = \"loud\"", 2, "level is one of"),
        ("[console]\nport = 70000", 2, "0 (off) to 65535"),
        ("[capture]\ntempo = \"fast\"", 2, "is a number"),
        ("[capture\ntempo = 1", 1, ""),
        ("[inputs]\nports = \"BLE\"", 2, "a list of texts"),
        ("[training]\nprogram = \"continuo\"", 2, "a whole path"), ("[training]\nkeep_jobs = 0", 2, "from 1 to 1000"),
        ("[inputs]\nports = [1]", 2, "a list of texts"),
        ("[keyboard.\"usb:12\"]\nrole = \"melody\"", 1, "as lsusb prints them"),
        ("[keyboard.\"LPK25\"]\nrole = \"drums\"", 2, "or \"control\""),
    ])
    func aMistakeIsNamedWithItsLine(text: String, line: Int, hint: String) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(toml: text, source: "f.toml") }
        #expect(error?.line == line)
        #expect(error.map { "\($0)".hasPrefix("f.toml:\(line): ") } == true)
        #expect(error.map { hint.isEmpty || "\($0)".contains(hint) } == true)
    }
}

struct OriginTests {
    private static let text = """
        [band]
        genre = "jazz"

        [capture]
        tempo = 96.5
        [inputs]
        ports = ["24:0", "a \\"b\\""]
        [keyboard."LPK25"]
        role = "chords"
        """

    @Test func everyKeyIsShownWithWhereItComesFrom() throws {
        let entries = try Configuration.entries(.init([.init(name: "c.toml", text: Self.text)]))
        #expect(entries.count == Configuration.keys.values.map(\.count).reduce(0, +) + 1)
        let table = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) })
        let genre = try #require(table["band.genre"])
        #expect(genre.value == "\"jazz\"" && genre.source == "c.toml" && genre.line == 2)
        #expect(genre.explanation.hasPrefix("The genre that answers"))
        #expect(table["capture.tempo"]?.value == "96.5" && table["capture.tempo"]?.line == 5)
        #expect(table["inputs.ports"]?.value == #"["24:0", "a \"b\""]"#)
        #expect(table["keyboard.\"LPK25\".role"]?.line == 9)
        let temperature = try #require(table["band.temperature"])
        #expect(temperature.value == "0.3" && temperature.source == "default" && temperature.line == nil)
        #expect(temperature.explanation == genre.explanation, "keys that follow each other share a comment")
        for entry in entries { #expect(!entry.explanation.isEmpty, "\(entry.key)") }
    }

    @Test func theDefaultsAreShownWithoutAFile() throws {
        let entries = try Configuration.entries(.init())
        #expect(entries.allSatisfy { $0.source == "default" } && entries.contains { $0.key == "log.level" })
    }

    @Test func everythingThatIsWrongIsNamedAtOnce() {
        let text = """
            [capture]
            tempo = "fast"
            temp = 3
            [band]
            temperature = 2
            [bnad]
            """
        let problems = Configuration.problems(in: text, source: "c.toml").map(\.description)
        #expect(
            problems == [
                "c.toml:2: tempo is a number", "c.toml:3: unknown key 'temp': did you mean 'tempo'?",
                "c.toml:5: temperature lies between 0 and 1", "c.toml:6: unknown section 'bnad': did you mean 'band'?",
            ])
        #expect(Configuration.problems(in: "[band]\ngenre = ", source: "c.toml").map(\.line) == [2])
        #expect(Configuration.problems(in: Self.text, source: "c.toml").isEmpty)
    }
}

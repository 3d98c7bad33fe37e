/// The version of the programs and of what they say about themselves.
public let continuoVersion = "0.1.0"

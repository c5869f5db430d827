/// The version of this package: of its libraries, its commands, and in the files that they write.
public let packageVersion = "0.1.0"

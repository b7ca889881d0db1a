import ExchangeTypes

/// A text that the test knows to fit.
func text(_ text: String) -> InlineText {
    guard let inline = InlineText(text) else { preconditionFailure("too long: \(text)") }
    return inline
}

public import ExchangeEngine

extension Exchange: ExchangeModel {}

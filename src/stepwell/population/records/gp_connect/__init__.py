"""GP Connect Access Record Structured (FHIR STU3): bundles of one person's record each."""

from stepwell.population.records.gp_connect.accounting import Accounting
from stepwell.population.records.gp_connect.reader import GpConnectReader

__all__ = ["Accounting", "GpConnectReader"]

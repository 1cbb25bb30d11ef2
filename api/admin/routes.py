"""The routes under /api/admin, all for administrators alone."""

from litestar import Router
from litestar.di import Provide

from api.access import only
from api.admin import (
    audit,
    dialling,
    dispositions,
    extensions,
    pause_reasons,
    queues,
    recordings,
    seen,
    tenants,
    users,
)
from api.admin.acting import AdminDesk
from api.roles import ADMINISTRATORS


def admin_router(desk: AdminDesk) -> Router:
    """The routes under /api/admin."""
    handlers = [
        *(tenants.tenants, tenants.add_tenant, tenants.tenant, tenants.change_tenant),
        *(users.users, users.add_user, users.user, users.change_user, users.deactivate_user),
        *(users.set_password, users.sign_user_out),
        *(extensions.extensions, extensions.add_extension, extensions.change_extension, extensions.remove_extension),
        seen.seen_extensions,
        *(queues.queues, queues.change_queue),
        *(dispositions.dispositions, dispositions.add_disposition),
        *(dispositions.change_disposition, dispositions.remove_disposition),
        *(pause_reasons.pause_reasons, pause_reasons.change_pause_reasons),
        *(recordings.recordings, recordings.change_recordings),
        *(dialling.dial_policy, dialling.change_dial_policy, dialling.dial_refusals),
        audit.audit,
    ]
    return Router(
        "/api/admin",
        route_handlers=handlers,
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(ADMINISTRATORS),
        tags=["Administration"],
    )

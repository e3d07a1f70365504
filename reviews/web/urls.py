"""The screens and their actions: one address per action, grouped by object."""

from django.urls import path

from .views import article, checks, dashboard, engines, jobs, notices, passes, routing, segments, session, uploads, work

app_name = "reviews"

urlpatterns = [
    path("", work.my_work, name="my-work"),
    path("session/", session.session, name="session"),
    # work items
    path("work/take/", work.take, name="work-take"),
    path("work/<int:item_id>/claim/", work.claim, name="work-claim"),
    path("work/<int:item_id>/release/", work.release, name="work-release"),
    # documents
    path("documents/<int:document_id>/", article.article, name="document"),
    path("documents/<int:document_id>/next/", article.next_open, name="document-next"),
    path("documents/<int:document_id>/preview/", article.preview, name="document-preview"),
    path("documents/<int:document_id>/presence/", article.presence, name="document-presence"),
    path("documents/<int:document_id>/approve/", article.approve_reviewed, name="document-approve"),
    path("documents/<int:document_id>/dismiss/", article.dismiss_all, name="document-dismiss"),
    path("documents/<int:document_id>/gate/", article.gate_list, name="document-gate"),
    path("documents/<int:document_id>/publish/", article.release, name="document-publish"),
    # segments
    path("segments/<int:segment_id>/", segments.row, name="segment"),
    path("segments/<int:segment_id>/save/", segments.save, name="segment-save"),
    path("segments/<int:segment_id>/accept/", segments.accept, name="segment-accept"),
    path("segments/<int:segment_id>/approve/", segments.approve, name="segment-approve"),
    path("segments/<int:segment_id>/send-back/", segments.send_back, name="segment-send-back"),
    path("segments/<int:segment_id>/reopen/", segments.reopen, name="segment-reopen"),
    path("segments/<int:segment_id>/omit/", segments.omit, name="segment-omit"),
    path("segments/<int:segment_id>/copy/", segments.copy, name="segment-copy"),
    path("segments/<int:segment_id>/dismiss/", segments.dismiss, name="segment-dismiss"),
    path("segments/<int:segment_id>/undo-dismissal/", segments.undo_dismissal, name="segment-undo-dismissal"),
    path("segments/<int:segment_id>/draft/", segments.draft, name="segment-draft"),
    path("segments/<int:segment_id>/draft/discard/", segments.discard_draft, name="segment-draft-discard"),
    # refused texts
    path("kept/<int:draft_id>/keep/", segments.keep_refused, name="kept-keep"),
    path("kept/<int:draft_id>/discard/", segments.discard_refused, name="kept-discard"),
    # second reviews, apart from the article
    path("second-reviews/<int:item_id>/", passes.second_review, name="second-review"),
    path("second-reviews/<int:item_id>/take/", passes.take, name="second-review-take"),
    path("second-reviews/<int:item_id>/give-back/", passes.give_back, name="second-review-give-back"),
    path("second-reviews/<int:item_id>/presence/", passes.presence, name="second-review-presence"),
    path("second-reviews/segments/<int:segment_id>/", passes.row, name="second-segment"),
    path("second-reviews/segments/<int:segment_id>/save/", passes.save, name="second-segment-save"),
    path("second-reviews/segments/<int:segment_id>/accept/", passes.accept, name="second-segment-accept"),
    path("second-reviews/segments/<int:segment_id>/omit/", passes.omit, name="second-segment-omit"),
    path("second-reviews/segments/<int:segment_id>/copy/", passes.copy, name="second-segment-copy"),
    path("second-reviews/segments/<int:segment_id>/draft/", passes.draft, name="second-segment-draft"),
    path(
        "second-reviews/segments/<int:segment_id>/draft/discard/",
        passes.discard_draft,
        name="second-segment-draft-discard",
    ),
    path("second-reviews/segments/<int:segment_id>/settle/", passes.settle, name="second-segment-settle"),
    path("segments/<int:segment_id>/second-review-anew/", passes.reopen, name="segment-second-review-anew"),
    # one act on many articles
    path("bulk/", jobs.choose, name="bulk"),
    path("projects/<slug:slug>/jobs/start/", jobs.start, name="job-start"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/cancel/", jobs.cancel, name="job-cancel"),
    # notices
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/choices/", notices.choices, name="notice-choices"),
    path("notices/choices/save/", notices.choose, name="notice-choices-save"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("notices/<int:notice_id>/read/", notices.read, name="notice-read"),
    # projects
    path("projects/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("projects/<slug:slug>/engines/", engines.engines, name="engines"),
    path("projects/<slug:slug>/engines/comparison.json", engines.engines_json, name="engines-json"),
    path("projects/<slug:slug>/engines/figures.csv", engines.engines_csv, name="engines-csv"),
    path("projects/<slug:slug>/engines/left-out.csv", engines.left_out_csv, name="engines-left-out"),
    path("projects/<slug:slug>/engines/texts/", engines.segments, name="engines-segments"),
    path("projects/<slug:slug>/engines/texts.csv", engines.segments_csv, name="engines-segments-csv"),
    path("projects/<slug:slug>/checks/", checks.checks, name="checks"),
    path("projects/<slug:slug>/checks/policy/", checks.policy, name="checks-policy"),
    path("projects/<slug:slug>/routing/", routing.routing, name="routing"),
    path("projects/<slug:slug>/routing/edit/", routing.edit, name="routing-edit"),
    path("projects/<slug:slug>/routing/save/", routing.save, name="routing-save"),
    path("projects/<slug:slug>/imports/", uploads.imports, name="imports"),
    path("projects/<slug:slug>/imports/upload/", uploads.upload, name="import-upload"),
    # imports
    path("imports/<int:batch_id>/", uploads.batch, name="import"),
    path("imports/<int:batch_id>/confirm/", uploads.confirm, name="import-confirm"),
    path("imports/<int:batch_id>/cancel/", uploads.cancel, name="import-cancel"),
    path("imports/<int:batch_id>/report.json", uploads.report, name="import-report"),
    path("imports/<int:batch_id>/refused.csv", uploads.refused, name="import-refused"),
]

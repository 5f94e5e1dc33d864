from django.contrib import admin

from .models import Quote, QuoteLine


class LineInline(admin.TabularInline):
    model = QuoteLine
    fields = ["amount"]


@admin.action(description="Freeze")
def freeze(modeladmin, request, queryset):
    for quote in queryset:
        modeladmin.log_change(request, quote, "frozen")  # expect[create-per-row] "LogEntry"


@admin.register(Quote)
class QuoteAdmin(admin.ModelAdmin):
    inlines = [LineInline]
    fields = ["customer"]
    actions = [freeze]

    def save_formset(self, request, form, formset, change):
        for line in formset.save(commit=False):
            line.edited_by = request.user.username
            line.save()  # expect[save-per-row] "QuoteLine"
        formset.save_m2m()
